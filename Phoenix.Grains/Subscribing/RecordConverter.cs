using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Subscribing;

/// <summary>Makes commands of the records of one subscription, as messages on the streams of their aggregates.</summary>
internal sealed partial class RecordConverter(
    SubscriptionDefinition subscription, DomainModel domain, ITags tags, IRecordFormat? format, ILogger<RecordConverter> logger)
    : IRecordConverter
{
    private readonly KafkaHeader _version = new(WireHeaders.SpecVersion, WireHeaders.Version);
    private readonly KafkaHeader _source = new(WireHeaders.Source, $"subscription:{subscription.Name}");

    public async ValueTask<Conversion> ConvertAsync(KafkaMessage record, CancellationToken cancellationToken)
    {
        try
        {
            var foreign = ForeignRecordOf(record);
            if (format is not null && foreign.Value is not null) foreign.Decoded = await format.ReadAsync(foreign, cancellationToken);
            SubscriptionInstruments.Record(subscription.Name);
            return Convert(foreign, record);
        }
        catch (FormatUnavailableException missing)
        {
            return Conversion.Waiting(missing.Message);
        }
        catch (UnusableRecordException unusable)
        {
            return Conversion.Refused(new(ErrorCodes.Undecodable, unusable.Message));
        }
        catch (CommandFailedException failed)
        {
            return Conversion.Refused(new(failed.Code, failed.Message));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What it says may be a secret or name types of the program (guarantee 12).
            var reference = Failures.NewReference();
            LogFailed(exception, subscription.Name, record.Topic, record.Partition, record.Offset, reference);
            return Conversion.Refused(new(ErrorCodes.HandlerFailed,
                $"The subscription '{subscription.Name}' failed on the record. The silo's log has the cause under {reference}."));
        }
    }

    private Conversion Convert(ForeignRecord foreign, KafkaMessage record)
    {
        var commands = subscription.Model.Convert(foreign);
        var message = subscription.Model.MessageId(foreign);
        PreparedCommand[] prepared = [.. commands.Select((command, ordinal) => Prepare(record, command, ordinal) with { MessageId = message })];
        SubscriptionInstruments.Commands(subscription.Name, commands.Count(command => command.Tag is null));
        return commands.Any(command => command.Tag is not null)
            ? new([]) { Pages = new Broadcast(subscription.Name, prepared, tags) }
            : new([.. prepared.Select(command => command.To(command.Id))]);
    }

    private static ForeignRecord ForeignRecordOf(KafkaMessage record) => new()
    {
        Topic = record.Topic,
        Partition = record.Partition,
        Offset = record.Offset,
        Time = record.Timestamp,
        Key = record.RawKey,
        Value = record.RawBody,
        Headers = [.. record.Headers.Select(header => new RecordHeader(header.Name, header.Value))],
    };

    private PreparedCommand Prepare(KafkaMessage record, IncomingCommand command, int ordinal)
    {
        if (!domain.Aggregates.TryGetValue(command.Aggregate, out var model))
            throw new CommandFailedException(
                ErrorCodes.UnknownName, $"{Target()}, which no aggregate of this host is; load the assembly with its rules.");
        if (!model.TryGetCommand(command.Command.GetType(), out var definition) || definition.IsInternal)
            throw new CommandFailedException(
                ErrorCodes.UnknownName, $"{Target()}, which has no handler for '{LogicalNames.Of(command.Command.GetType())}'.");
        List<KafkaHeader> headers =
        [
            _version,
            new(WireHeaders.Type, definition.Name),
            _source,
        ];
        if ((command.CorrelationId ?? Fitting(record.CorrelationId)) is { } correlation)
            headers.Add(new(WireHeaders.CorrelationId, correlation));
        if (record.TraceParent is { } trace) headers.Add(new(WireHeaders.TraceParent, trace));
        return new(record, ordinal, command.Aggregate, command.Id, command.Tag, headers,
            JsonSerializer.SerializeToUtf8Bytes(command.Command, command.Command.GetType(), PhoenixJson.Message));

        string Target() => $"Command {ordinal} of the record is for '{command.Aggregate}'";
    }

    // A stranger's header only informs: one that no command may carry is left out.
    private static string? Fitting(string? text) =>
        text is { Length: > 0 } && Encoding.UTF8.GetByteCount(text) <= CommandMessage.MaxIdBytes && !text.Any(char.IsControl) ? text : null;

    [LoggerMessage(
        Level = LogLevel.Error, Message = "The subscription '{Subscription}' failed on {Topic}[{Partition}]@{Offset} ({Reference}).")]
    private partial void LogFailed(Exception exception, string subscription, string topic, int partition, long offset, string reference);
}
