namespace Phoenix.EventStore.Log;

/// <summary>PostgreSQL's JSONB cannot hold U+0000; found here it costs its command, found by PostgreSQL it would cost the batch.</summary>
internal static class StorableText
{
    public static string Checked(string json)
    {
        for (var at = json.IndexOf("\\u0000", StringComparison.Ordinal); at >= 0; at = json.IndexOf("\\u0000", at + 1, StringComparison.Ordinal))
        {
            var backslashes = 1;
            while (at - backslashes >= 0 && json[at - backslashes] == '\\') backslashes++;
            if (backslashes % 2 == 1)
                throw new LogContentException("An event holds the character U+0000, which PostgreSQL cannot store. Refuse it in the command's handler.");
        }

        return json;
    }
}
