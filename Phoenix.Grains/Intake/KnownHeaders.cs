using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>
/// The headers that the wire gives a meaning, each with a place. What stands behind <see cref="Informative"/> never refuses a message.
/// </summary>
internal static class KnownHeaders
{
    public const int Count = 16;

    private const int Linearizable = 12;
    private const int Informative = 13;

    public static int PlaceOf(string name) => name switch
    {
        WireHeaders.SpecVersion => 0,
        WireHeaders.Id => 1,
        WireHeaders.Type => 2,
        WireHeaders.Source => 3,
        WireHeaders.ContentType => 4,
        WireHeaders.ReplyTo => 5,
        WireHeaders.ReplyPartition => 6,
        WireHeaders.RequestId => 7,
        WireHeaders.CorrelationId => 8,
        WireHeaders.Principal => 9,
        WireHeaders.ReplyAt => 10,
        WireHeaders.Step => 11,
        WireHeaders.Linearizable => Linearizable,
        WireHeaders.Time => Informative,
        WireHeaders.TraceParent => 14,
        WireHeaders.Repeat => 15,
        _ => -1,
    };

    public static bool CanRefuse(int place) => place < Linearizable;

    /// <summary>Whether it decides how a query is answered, and means nothing to a command.</summary>
    public static bool IsForQueries(int place) => place == Linearizable;

    public static int MaxBytesOf(string name) => name switch
    {
        WireHeaders.Id or WireHeaders.RequestId or WireHeaders.CorrelationId => CommandMessage.MaxIdBytes,
        WireHeaders.ReplyTo => 249,
        _ => 1024,
    };
}
