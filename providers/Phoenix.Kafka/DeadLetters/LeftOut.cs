namespace Phoenix.Kafka;

/// <summary>What a letter lacks because its topic refused more.</summary>
[Flags]
internal enum LeftOut
{
    Nothing = 0,
    Key = 1,
    Body = 2,
    Headers = 4,
}

/// <summary>The values of <see cref="DeadLetterHeaders.LeftOut"/>.</summary>
internal static class LeftOutText
{
    public static string Of(LeftOut parts) => string.Join(' ', Names(parts));

    public static LeftOut Read(KafkaMessage letter)
    {
        var names = letter.Headers.LastOrDefault(header => header.Name == DeadLetterHeaders.LeftOut)?.Text?.Split(' ') ?? [];
        return (names.Contains("key") ? LeftOut.Key : 0) | (names.Contains("body") ? LeftOut.Body : 0) | (names.Contains("headers") ? LeftOut.Headers : 0);
    }

    private static IEnumerable<string> Names(LeftOut parts)
    {
        if (parts.HasFlag(LeftOut.Key))
            yield return "key";
        if (parts.HasFlag(LeftOut.Body))
            yield return "body";
        if (parts.HasFlag(LeftOut.Headers))
            yield return "headers";
    }
}
