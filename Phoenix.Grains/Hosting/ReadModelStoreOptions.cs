using Microsoft.Extensions.Options;

namespace Phoenix.Hosting;

/// <summary>Where a host that is no silo finds the read models.</summary>
internal sealed class ReadModelStoreOptions
{
    /// <summary>As a silo's; a replica or a role that only reads will do.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The silos' schema.</summary>
    public string Schema { get; set; } = "phoenix";
}

/// <summary>Refuses to start with settings that cannot work.</summary>
internal sealed class ReadModelStoreValidation : IValidateOptions<ReadModelStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, ReadModelStoreOptions options)
    {
        var problems = DatabaseSettings.Problems(options.ConnectionString).Concat(PhoenixOptions.SchemaProblems(options.Schema)).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
