using Microsoft.Extensions.Options;

namespace Phoenix.Kafka;

/// <summary>Finds sender settings that cannot work, at start-up.</summary>
internal sealed class KafkaSenderOptionsValidator : IValidateOptions<KafkaSenderOptions>
{
    public ValidateOptionsResult Validate(string? name, KafkaSenderOptions options)
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
            errors.Add("KafkaSenderOptions.BootstrapServers is empty; set it to the brokers' addresses, for example 'localhost:9092'.");
        if (options.Linger < TimeSpan.Zero || options.Linger > TimeSpan.FromMinutes(15))
            errors.Add($"KafkaSenderOptions.Linger is {options.Linger}; set it between 0 and 15 minutes.");
        if (options.DeliveryTimeout <= options.Linger)
            errors.Add($"KafkaSenderOptions.DeliveryTimeout is {options.DeliveryTimeout}; it must be longer than Linger ({options.Linger}).");
        if (options.MaxInFlight < 1)
            errors.Add($"KafkaSenderOptions.MaxInFlight is {options.MaxInFlight}; set it to at least 1.");
        if (options.MaxRecordBytes < 1_000)
            errors.Add($"KafkaSenderOptions.MaxRecordBytes is {options.MaxRecordBytes}; set it to at least 1000.");
        errors.AddRange(ClientProperties.Problems(options.ExtraProperties, "KafkaSenderOptions.ExtraProperties"));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
