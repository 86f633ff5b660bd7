using System.Globalization;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.Calls;

internal static class QueryParameter
{
    public static long Long(IQueryCollection query, string name, long @default, long min, long max)
    {
        if (!query.TryGetValue(name, out var text)) return @default;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new BadRequestException($"The parameter '{name}' is not a whole number from {min} to {max}.");
    }

    /// <summary>Refuses what is misspelt: a filter that is left out would mean everything.</summary>
    public static void OnlyKnown(IQueryCollection query, IReadOnlyCollection<string> known)
    {
        if (query.Keys.Except(known).FirstOrDefault() is { } unknown)
            throw new BadRequestException($"There is no parameter '{unknown}'. Known are {string.Join(", ", known)}.");
    }
}
