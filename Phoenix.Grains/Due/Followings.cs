using System.Text.Json;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Due;

/// <summary>What follows from the decisions of one aggregate.</summary>
internal sealed class Followings(AggregateModel model, string stream, DomainModel domain, DueSends sends, DueOptions options, Failures failures)
    : IFollowings
{
    /// <inheritdoc />
    public IReadOnlyList<FollowingChange>? Of(CommandWork work, Decision decision) =>
        decision.Followings.Count == 0 ? null : [.. decision.Followings.Select((following, place) => Of(work, following, place))];

    /// <inheritdoc />
    public void Committed(DueChanges changes)
    {
        foreach (var row in changes.Rows)
        {
            if (row.Kind == DueKind.Send) sends.Send(stream, row);
        }
    }

    private FollowingChange Of(CommandWork work, Following following, int place) => following switch
    {
        ChangeTag tag => Tag(work, tag),
        CancelTimer cancelled => new(cancelled.Name, null),
        SetTimer timer => new(timer.Name, Timer(work, timer)),
        SendCommand send => Send(work, send, place),
        _ => throw new NotSupportedException($"Nothing is known of {following.GetType().Name}."),
    };

    private DueRow Timer(CommandWork work, SetTimer timer)
    {
        if (!model.TryGetCommand(timer.Command.GetType(), out var definition))
            throw failures.OfCommand(work.Message, $"sets a timer for '{LogicalNames.Of(timer.Command.GetType())}', which is no command of '{model.Name}'; send it with ThenSend", null);
        return Row(work, timer.Name, DueKind.Timer, stream, definition.Name, timer.Command) with { Delay = timer.Delay, At = timer.At, Period = timer.Period };
    }

    private FollowingChange Send(CommandWork work, SendCommand send, int place)
    {
        if (!domain.Aggregates.TryGetValue(send.Aggregate, out var target))
            throw failures.OfCommand(work.Message, $"sends a command to '{send.Aggregate}', which no aggregate of this host is; load the assembly with its rules", null);
        if (!target.TryGetCommand(send.Command.GetType(), out var definition))
            throw failures.OfCommand(work.Message, $"sends '{LogicalNames.Of(send.Command.GetType())}' to '{send.Aggregate}', which has no handler for it", null);
        // Of this command and this place: no other ever has it.
        var name = $"{TimerName.Reserved}{work.Id:N}/{place}";
        return new(name, Row(work, name, DueKind.Send, $"{send.Aggregate}/{send.Id}", definition.Name, send.Command) with
        {
            Grace = options.SendGrace, IfRejected = send.IfRejected is { } told ? Told(work, told) : null,
        });
    }

    private FollowingChange Tag(CommandWork work, ChangeTag tag) => domain.Subscriptions.Contains(tag.Subscription)
        ? new(tag.Tag, null, new(tag.Subscription, tag.Tag, tag.IsSet))
        : throw failures.OfCommand(work.Message,
            $"changes the tag '{tag.Tag}' of '{tag.Subscription}', which no subscription of this host is; load its assembly", null);

    private DueTold Told(CommandWork work, object command) => model.TryGetCommand(command.GetType(), out var definition)
        ? new(definition.Name, Json(work, command))
        : throw failures.OfCommand(work.Message,
            $"wants to be told of a rejection by '{LogicalNames.Of(command.GetType())}', which is no command of '{model.Name}'", null);

    private DueRow Row(CommandWork work, string name, DueKind kind, string target, string command, object content) => new()
    {
        Name = name, Kind = kind, Generation = work.Id, Target = target, Command = command, Payload = Json(work, content), CorrelationId = work.Message.CorrelationId,
    };

    private string Json(CommandWork work, object command)
    {
        try
        {
            return JsonSerializer.Serialize(command, command.GetType(), PhoenixJson.Message);
        }
        catch (Exception exception)
        {
            throw failures.OfCommand(work.Message, "sets a timer or sends a command that cannot be written as JSON", exception);
        }
    }
}
