using System.Text.Json;

namespace Phoenix.Runs.Histories;

/// <summary>A history as JSON lines, each on disk's way before the next step of its client.</summary>
internal sealed class HistoryFile(string path) : IDisposable
{
    private readonly StreamWriter _lines = new(path, append: false) { AutoFlush = true };

    public void Write(HistoryRecord record)
    {
        var line = JsonSerializer.Serialize(record);
        lock (_lines) _lines.WriteLine(line);
    }

    /// <summary>All whole lines; a client that was killed may have left a broken last one.</summary>
    public static IReadOnlyList<HistoryRecord> Read(string path)
    {
        var records = new List<HistoryRecord>();
        var lines = File.ReadAllLines(path);
        for (var number = 0; number < lines.Length; number++)
        {
            try
            {
                records.Add(JsonSerializer.Deserialize<HistoryRecord>(lines[number])!);
            }
            catch (JsonException) when (number == lines.Length - 1)
            {
                break;
            }
        }

        return records;
    }

    public void Dispose() => _lines.Dispose();
}
