using Npgsql;
using Phoenix.EventStore;

namespace Phoenix.Hosting;

/// <summary>
/// The connection string as a silo uses it. Some of what Npgsql accepts would lose text, or end a silo with a stack instead of a reason.
/// </summary>
internal static class DatabaseSettings
{
    private const string Setting = "Phoenix:ConnectionString";
    private const string Utf8 = "UTF8";

    /// <summary>What cannot work, each with what to write instead. Nothing of the string is repeated: it may hold a password.</summary>
    public static IEnumerable<string> Problems(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [$"{Setting} is empty. Give the connection string of PostgreSQL's writer."];
        if (text.Contains("://", StringComparison.Ordinal) && text.TrimStart().StartsWith("postgres", StringComparison.OrdinalIgnoreCase))
            return [$"{Setting} is a URI. Write it in Npgsql's words: Host=db;Port=5432;Database=app;Username=app;Password=..."];
        return Parse(text) is { } settings ? Problems(settings) : [$"{Setting} is no connection string of Npgsql, such as 'Host=db;Database=app;Username=app'."];
    }

    /// <summary>For every part of the silo: text as it is, and no multiplexing, which has no sessions.</summary>
    public static string Normal(string text) =>
        new NpgsqlConnectionStringBuilder(text) { Multiplexing = false, ClientEncoding = Utf8, Encoding = "UTF8" }.ConnectionString;

    /// <summary>For Marten: at most this many connections, unless the connection string says otherwise.</summary>
    public static string ForMarten(string text, int connections)
    {
        var settings = new NpgsqlConnectionStringBuilder(text);
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = connections;
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, settings.MaxPoolSize);
        // No limit on statements: a rebuilt projection or a new index may take long.
        SessionLimits.Add(settings, idleInTransaction: TimeSpan.FromMinutes(1), lockWait: TimeSpan.FromSeconds(30));
        return settings.ConnectionString;
    }

    private static NpgsqlConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Problems(NpgsqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrEmpty(settings.Host)) yield return $"{Setting} names no Host.";
        if (!IsUtf8(settings.ClientEncoding) || !IsUtf8(settings.Encoding))
            yield return $"{Setting} has a Client Encoding or Encoding other than UTF8, in which texts would be lost or changed. Leave it out.";
        if (!settings.Pooling) yield return $"{Setting} has Pooling=false: every commit would connect anew. Leave it out.";
        if (settings.MaxPoolSize < 2)
            yield return $"{Setting} has a Maximum Pool Size of {settings.MaxPoolSize}. Projections need 2 or more (default 8 here).";
        if (settings.ShouldSerialize("Maximum Pool Size") && settings.MinPoolSize > settings.MaxPoolSize)
            yield return $"{Setting} has a Minimum Pool Size ({settings.MinPoolSize}) above its Maximum Pool Size ({settings.MaxPoolSize}).";
    }

    private static bool IsUtf8(string? encoding) =>
        encoding is null || encoding.Replace("-", "", StringComparison.Ordinal).Equals(Utf8, StringComparison.OrdinalIgnoreCase);
}
