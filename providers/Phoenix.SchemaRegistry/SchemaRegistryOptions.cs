namespace Phoenix.SchemaRegistry;

/// <summary>Where the schemas of foreign topics are. Bound from <c>Phoenix:SchemaRegistry</c>.</summary>
public sealed class SchemaRegistryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:SchemaRegistry";

    /// <summary>
    /// The registry's address, for example <c>https://registry:8081</c>; several are separated by commas. Default: none, and no topic in
    /// Avro can be read.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>Who we are there (HTTP basic authentication). Default: nobody is asked for.</summary>
    public string? UserName { get; set; }

    /// <summary>A file with that user's password; read once, when the first schema is asked for. A line end at its end does not count.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>How long an answer is waited for; the record is then tried again. Default 10 seconds.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What cannot work.</summary>
    internal IEnumerable<string> Problems()
    {
        foreach (var url in (Url ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                yield return $"{Section}:Url has the address '{url.Trim()}'; expected one that begins with http:// or https://.";
            // It would be logged with the address.
            else if (address.UserInfo.Length > 0)
                yield return $"{Section}:Url has a user in it. Set {Section}:UserName and {Section}:PasswordFile instead.";
        }

        if (RequestTimeout <= TimeSpan.Zero || RequestTimeout > TimeSpan.FromMinutes(10))
            yield return $"{Section}:RequestTimeout is more than zero and at most ten minutes; found {RequestTimeout}.";
        if (UserName is null != PasswordFile is null)
            yield return $"{Section}:UserName and {Section}:PasswordFile go together; found one of them.";
        else if (PasswordFile is { } file && !File.Exists(file))
            yield return $"{Section}:PasswordFile is '{file}', and there is no such file.";
        if (UserName?.Contains(':', StringComparison.Ordinal) == true)
            yield return $"{Section}:UserName has a colon, which HTTP basic authentication does not allow.";
    }
}
