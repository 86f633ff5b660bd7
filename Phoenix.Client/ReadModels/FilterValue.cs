using System.Globalization;

namespace Phoenix.Client.ReadModels;

/// <summary>A value as the gateway reads it, whatever the culture of this process.</summary>
internal static class FilterValue
{
    /// <exception cref="ArgumentException">There is no column of such values.</exception>
    public static string Text(object? value) => value switch
    {
        string text => text,
        bool yes => yes ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        byte or sbyte or short or ushort or int or uint or long or ulong or decimal =>
            ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        Guid id => id.ToString("D"),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset moment => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Utc } moment => moment.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Unspecified } local => local.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        null => throw new ArgumentNullException(nameof(value), "Nothing is equal to null. Use WhereNull or WhereNotNull."),
        _ => throw new ArgumentException($"A filter cannot have a value of the type {value.GetType()}. Give text, a number, a bool, a Guid, "
            + "a DateOnly, a DateTimeOffset, or a DateTime that is UTC or has no kind.", nameof(value)),
    };
}
