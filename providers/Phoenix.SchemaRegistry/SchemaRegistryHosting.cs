using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Phoenix.Subscribing;

namespace Phoenix.SchemaRegistry;

/// <summary>Lets a host read foreign topics whose schemas are in a registry.</summary>
public static class SchemaRegistryHosting
{
    /// <summary>
    /// Adds the format <c>avro</c> for subscriptions when <c>Phoenix:SchemaRegistry:Url</c> is set, and nothing when it is not. Call it
    /// beside <c>UsePhoenix</c>. The settings are checked when the host starts.
    /// </summary>
    /// <param name="builder">The host.</param>
    public static IHostApplicationBuilder AddSchemaRegistry(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var url = builder.Configuration[$"{SchemaRegistryOptions.Section}:{nameof(SchemaRegistryOptions.Url)}"];
        if (string.IsNullOrWhiteSpace(url)) return builder;
        builder.Services.AddOptions<SchemaRegistryOptions>().BindConfiguration(SchemaRegistryOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SchemaRegistryOptions>, Validation>();
        builder.Services.AddSingleton<WriterSchemas>().AddSingleton<IRecordFormat, AvroFormat>();
        return builder;
    }

    private sealed class Validation : IValidateOptions<SchemaRegistryOptions>
    {
        public ValidateOptionsResult Validate(string? name, SchemaRegistryOptions options) =>
            options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
