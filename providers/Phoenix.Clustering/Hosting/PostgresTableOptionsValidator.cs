using Microsoft.Extensions.Options;
using Npgsql;
using Phoenix.Clustering.Schema;

namespace Phoenix.Clustering;

/// <summary>Refuses to start with options that cannot work, and says what to set.</summary>
internal sealed class PostgresTableOptionsValidator<TOptions> : IValidateOptions<TOptions>
    where TOptions : PostgresTableOptions
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var problems = Problems(options).Select(problem => $"{typeof(TOptions).Name}.{problem}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(TOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString)) yield return "ConnectionString is empty. Set it to the connection string of PostgreSQL's writer.";
        else if (!IsConnectionString(options.ConnectionString)) yield return "ConnectionString is no connection string of Npgsql, such as 'Host=db;Database=app;Username=app'; a URI is none.";
        if (!SchemaName.IsValid(options.Schema))
            yield return $"Schema is 1 to 63 lower-case letters, digits and underscores, starts with a letter and not with 'pg_'; found '{options.Schema}'.";
        if (options.TimeLimit < TimeSpan.FromSeconds(1) || options.TimeLimit > TimeSpan.FromMinutes(5)) yield return $"TimeLimit is 1 s to 5 min; found {options.TimeLimit}.";
    }

    // What the parser says may quote a password.
    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
