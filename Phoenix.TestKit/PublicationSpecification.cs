using System.Reflection;
using System.Text.Json;
using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Publishing;

namespace Phoenix.TestKit;

/// <summary>
/// Tests a publication without infrastructure: given stored events, then these messages. Events go through JSON as storage and wire send
/// them, the selection of the attribute counts, and what the transform makes is made twice: it must be the same each time.
/// </summary>
public static class PublicationSpecification
{
    /// <summary>Starts a specification of a publication.</summary>
    /// <exception cref="SpecificationException">The class is no publication that a host would find; the message says why.</exception>
    public static PublicationSpecification<TPublication> For<TPublication>() where TPublication : Publication, new() =>
        typeof(TPublication).GetCustomAttribute<PublicationAttribute>() switch
        {
            null => throw new SpecificationException($"{typeof(TPublication)} has no name. Put [Publication(\"domain.name\")] on it."),
            { Sink: { } sink } when !sink.IsAssignableTo(typeof(IPublicationSink)) =>
                throw new SpecificationException(
                    $"{typeof(TPublication)} names the sink {sink}, which does not implement {nameof(IPublicationSink)}."),
            { } named => new(named),
        };
}

/// <summary>A publication under test. Each step changes it and returns it.</summary>
/// <typeparam name="TPublication">The publication.</typeparam>
public sealed class PublicationSpecification<TPublication> where TPublication : Publication, new()
{
    private const string Cause = "command";
    private static readonly DateTimeOffset Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PublicationAttribute _named;
    private readonly TPublication _publication = new();
    private readonly Dictionary<string, long> _versions = [];
    private readonly List<OutgoingMessage> _messages = [];
    private readonly List<ReceivedEvent> _sinkMessages = [];

    internal PublicationSpecification(PublicationAttribute named) => _named = named;

    /// <summary>An aggregate has stored events, after those that were given before.</summary>
    /// <typeparam name="TContract">The aggregate's contract.</typeparam>
    /// <param name="id">The aggregate's id.</param>
    /// <param name="events">The events.</param>
    /// <exception cref="SpecificationException">The publication throws, makes other messages each time, or one that a host
    /// refuses.</exception>
    public PublicationSpecification<TPublication> Given<TContract>(string id, params IEvent[] events) where TContract : IAggregateGrain =>
        Given<TContract>(id, new Dictionary<string, string>(), events);

    /// <summary>The same, for a command that had headers of its sender's own.</summary>
    /// <typeparam name="TContract">The aggregate's contract.</typeparam>
    /// <param name="id">The aggregate's id.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="events">The events.</param>
    /// <exception cref="SpecificationException">As above.</exception>
    public PublicationSpecification<TPublication> Given<TContract>(
        string id, IReadOnlyDictionary<string, string> headers, params IEvent[] events)
        where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(events);
        var aggregate = ContractNames.Of(typeof(TContract));
        foreach (var @event in events)
        {
            var version = _versions[$"{aggregate}/{id}"] = _versions.GetValueOrDefault($"{aggregate}/{id}") + 1;
            var messages = MessagesOf(aggregate, id, version, headers, @event);
            _messages.AddRange(messages);
            _sinkMessages.AddRange(messages.Select((message, ordinal) => SinkMessageOf(message, $"{aggregate}/{id}", version, ordinal)));
        }

        return this;
    }

    /// <summary>The next message is this one.</summary>
    /// <param name="type">Its full logical name.</param>
    /// <param name="body">What its body is, compared as JSON.</param>
    /// <param name="key">Its key; null for whatever.</param>
    /// <param name="headers">Its headers; null for whatever.</param>
    /// <exception cref="SpecificationException">It is not.</exception>
    public PublicationSpecification<TPublication> ThenMessage(
        string type, object body, string? key = null, IReadOnlyDictionary<string, string>? headers = null)
    {
        var expected = $"the message '{type}'{(key is null ? "" : $" with the key '{key}'")}: {Text.JsonOf(body)}";
        if (_messages.Count == 0) throw new SpecificationException($"Expected: {expected}\nFound: no further message.");
        var found = _messages[0];
        var isSame = found.Type == type && (key is null || found.Key == key)
            && (headers is null || headers.OrderBy(header => header.Key).SequenceEqual(found.Headers.OrderBy(header => header.Key)))
            && JsonDifference.Between(Text.AsElement(body), JsonDocument.Parse(found.Body).RootElement).Count == 0;
        if (!isSame) throw new SpecificationException($"Expected: {expected}\nFound: {Shown(found)}");
        _messages.RemoveAt(0);
        return this;
    }

    /// <summary>The next message is the event itself, as it is stored.</summary>
    /// <exception cref="SpecificationException">It is not.</exception>
    public PublicationSpecification<TPublication> ThenForwards(IEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return ThenMessage(LogicalNames.Of(@event.GetType()), @event);
    }

    /// <summary>There is no further message.</summary>
    /// <exception cref="SpecificationException">There is.</exception>
    public PublicationSpecification<TPublication> ThenNothing() => _messages.Count == 0
        ? this
        : throw new SpecificationException($"Expected: no further message\nFound:{Text.Lines(_messages.Select(Shown))}");

    /// <summary>
    /// Hands every message to a sink, in order, and then all of them once more, as a silo does that was interrupted: what the sink did must
    /// be the same as after once.
    /// </summary>
    /// <param name="sink">The sink, made by the test.</param>
    /// <exception cref="SpecificationException">The sink throws.</exception>
    public async Task<PublicationSpecification<TPublication>> SendToAsync(IPublicationSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        foreach (var message in _sinkMessages.Concat(_sinkMessages))
        {
            try
            {
                await sink.TakeAsync(message, CancellationToken.None);
            }
            catch (Exception exception)
            {
                var where = $"'{message.Type}' (version {message.Version} of '{message.Subject}')";
                throw new SpecificationException($"{sink.GetType()} failed at {where}: {exception.Message}", exception);
            }
        }

        return this;
    }

    // Positions sort as those of a host do, and say as little.
    private ReceivedEvent SinkMessageOf(OutgoingMessage message, string subject, long version, int ordinal) => new()
    {
        Id = $"{_named.Name}:{subject}:{version}:{ordinal}",
        Type = message.Type,
        Source = _named.Name,
        Subject = subject,
        Version = version,
        Position = $"0:{_sinkMessages.Count:d19}-{ordinal:d4}",
        Time = Time,
        Key = message.Key,
        Body = message.Body,
        CausationId = Cause,
        Headers = message.Headers,
    };

    private List<OutgoingMessage> MessagesOf(
        string aggregate, string id, long version, IReadOnlyDictionary<string, string> headers, IEvent @event)
    {
        var type = LogicalNames.Of(@event.GetType());
        if ((_named.Aggregates.Length > 0 && !_named.Aggregates.Contains(aggregate))
            || (_named.Events.Length > 0 && !_named.Events.Contains(type))) return [];
        var stored = RoundTrip.Of(@event, PhoenixJson.State, "The event");
        var (once, twice) = (Make(), Make());
        if (!once.Select(Shown).SequenceEqual(twice.Select(Shown)))
            throw new SpecificationException($"{typeof(TPublication)} makes other messages of {Text.Of(@event)} the second time. It must be pure: a message is made again after each interruption.");
        foreach (var header in once.SelectMany(message => message.Headers.Keys).Where(name => !WireHeaders.IsUserHeader(name)))
            throw new SpecificationException(
                $"The header '{header}' is a name that the wire uses itself, or not 1 to 64 ASCII letters, digits, '.', '_' and '-'.");
        return once;

        List<OutgoingMessage> Make()
        {
            var published = new PublishedEvent(_ => @event.GetType(), headers.Count == 0 ? null : JsonSerializer.Serialize(headers))
            {
                Aggregate = aggregate,
                AggregateId = id,
                Version = version,
                EventId = new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)version),
                Type = type,
                StoredType = type,
                Time = Time,
                Json = JsonSerializer.SerializeToUtf8Bytes(stored, stored.GetType(), PhoenixJson.State),
                CausationId = Cause,
            };
            try
            {
                return _publication.Selects(published) ? [.. _publication.Transform(published)] : [];
            }
            catch (Exception exception)
            {
                throw new SpecificationException($"{typeof(TPublication)} failed at {Text.Of(@event)}: {exception.Message}", exception);
            }
        }
    }

    private static string Shown(OutgoingMessage message) =>
        $"'{message.Type}' with the key '{message.Key}': {Text.Of(JsonDocument.Parse(message.Body).RootElement)}{string.Concat(message.Headers.OrderBy(header => header.Key).Select(header => $" [{header.Key}: {header.Value}]"))}";
}
