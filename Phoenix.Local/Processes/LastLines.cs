namespace Phoenix.Local.Processes;

/// <summary>The end of a log, for people: without stack traces, which push what happened out of sight.</summary>
internal static class LastLines
{
    public static string Of(string text, int count) => string.Join(
        Environment.NewLine,
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("at ", StringComparison.Ordinal) && !line.StartsWith("--- End of", StringComparison.Ordinal)).TakeLast(count));

    public static string OfFile(string file, int count)
    {
        if (!File.Exists(file))
            return "(no log)";
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return Of(reader.ReadToEnd(), count);
    }
}
