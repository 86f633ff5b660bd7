using System.Text.Json;

namespace Phoenix.Coordination;

/// <summary>The last entry of a page, as callers carry it to the next one.</summary>
/// <param name="At">Its time.</param>
/// <param name="Stream">Its stream.</param>
internal sealed record PageMark(DateTimeOffset At, string Stream)
{
    /// <exception cref="ArgumentException">No listing gave it.</exception>
    public static PageMark? Parse(string? text)
    {
        if (text is null) return null;
        try
        {
            var (ticks, stream) = JsonSerializer.Deserialize<Place>(Convert.FromBase64String(text))!;
            return new(new DateTimeOffset(ticks, TimeSpan.Zero), stream);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentException or NullReferenceException)
        {
            throw new ArgumentException("The place to go on from is none that a listing gave.");
        }
    }

    public override string ToString() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new Place(At.UtcTicks, Stream)));

    private sealed record Place(long Ticks, string Stream);
}
