using System.IO.Hashing;
using System.Text;

namespace Phoenix.EventStore;

/// <summary>
/// One part of a publication's streams. A publication may be divided so that several silos publish it; each stream belongs to one slice, so
/// the order of its events stays.
/// </summary>
/// <param name="Number">From 1.</param>
/// <param name="Count">Slices of the publication.</param>
public readonly record struct PublicationSlice(int Number, int Count)
{
    /// <summary>More slices than this only cost.</summary>
    public const int Most = 64;

    /// <summary>A publication that is not divided.</summary>
    public static PublicationSlice Whole { get; } = new(1, 1);

    /// <summary>
    /// The key of a slice's row. The first slice has the publication's name: a build that knows no slices goes on with that row, and sends
    /// everything after its position, which repeats and loses nothing.
    /// </summary>
    public static string Row(string publication, int number) => number == 1 ? publication : $"{publication}#{number}";

    /// <summary>Whether a stream belongs to it.</summary>
    public bool Holds(string stream) => Count == 1 || XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(stream)) % (uint)Count == Number - 1;
}
