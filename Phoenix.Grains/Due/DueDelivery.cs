using System.Text;
using Microsoft.Extensions.Logging;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Due;

/// <summary>How a delivery ended.</summary>
internal enum DueEnding
{
    /// <summary>The command has a recorded outcome.</summary>
    Done,

    /// <summary>
    /// The timer was cancelled or set anew, as far as its aggregate knows: what it knows may not have been committed yet.
    /// </summary>
    Over,

    /// <summary>Its handler, or the message, failed.</summary>
    Failed,

    /// <summary>There was no answer, or none that says anything of the command.</summary>
    Unanswered,
}

/// <summary>What a delivery came to.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Code">The error's code, if it was one.</param>
/// <param name="Repeated">Whether the outcome had been recorded before.</param>
/// <param name="Pause">How long to wait before the next try, if the answer said so.</param>
internal sealed record DueResult(DueEnding Ending, string? Code = null, bool Repeated = false, TimeSpan? Pause = null);

/// <summary>Delivers a due row: as a command, under the id that is the row's whoever delivers it and however often.</summary>
internal sealed partial class DueDelivery(IGrainFactory grains, DomainModel domain, ILogger<DueDelivery> logger)
{
    /// <param name="item">The row.</param>
    /// <param name="mayBeRepeat">Whether it may have been delivered before, so that the ledger is asked before deciding.</param>
    public async Task<DueResult> DeliverAsync(DueItem item, bool mayBeRepeat)
    {
        var (command, target) = (item.Command, item.Target);
        try
        {
            var outcome = await GrainOf(target).Execute(MessageOf(item, mayBeRepeat));
            // The row stays until this is decided, too: lost in between, the recorded rejection comes again, and then this.
            if (outcome.Status == OutcomeStatus.Rejected && item.IfRejected is { } told)
            {
                (command, target) = (told.Command, item.Owner);
                await GrainOf(target).Execute(MessageOf(item, told, outcome, mayBeRepeat));
            }

            return new(DueEnding.Done, outcome.Code, outcome.Repeated);
        }
        catch (TimerOverException over)
        {
            return new(DueEnding.Over, over.Code);
        }
        catch (CommandException answer) when (Answers.IsSilence(answer))
        {
            return new(DueEnding.Unanswered, answer.Code, Pause: (answer as BusyException)?.RetryAfter);
        }
        catch (CommandException failed)
        {
            LogFailed(failed, command, target, item.Owner, item.Reference.Name, item.Attempts + 1);
            return new(DueEnding.Failed, failed.Code);
        }
        catch (Exception exception) when (Answers.IsSilence(exception))
        {
            LogUnanswered(exception, command, target, item.Owner, item.Reference.Name);
            return new(DueEnding.Unanswered, ErrorCodes.Unavailable);
        }
        catch (Exception exception)
        {
            LogFailed(exception, command, target, item.Owner, item.Reference.Name, item.Attempts + 1);
            return new(DueEnding.Failed, Answers.Undeliverable);
        }
    }

    /// <summary>
    /// Whether it wakes a transaction, which then sends what is open. One that is never woken again would never end (guarantee 9), so it is
    /// tried without end.
    /// </summary>
    public bool IsWakeOfTransaction(DueItem item) =>
        item.Kind == DueKind.Timer && domain.Aggregates.TryGetValue(KindOf(item.Owner), out var model) && model.Saga is not null;

    private IAggregateGrain GrainOf(string stream)
    {
        // The kind has no slash, the id may have some.
        var slash = stream.IndexOf('/', StringComparison.Ordinal);
        return grains.GetGrain<IAggregateGrain>(GrainId.Create(stream[..slash], stream[(slash + 1)..]));
    }

    private static string KindOf(string stream) => stream[..stream.IndexOf('/', StringComparison.Ordinal)];

    private static CommandMessage MessageOf(DueItem item, bool mayBeRepeat) => new()
    {
        CommandId = DueIdentity.Of(item.Owner, item.Reference).ToString(),
        Name = item.Command,
        Payload = Encoding.UTF8.GetBytes(item.Payload),
        CorrelationId = item.CorrelationId,
        Source = item.Kind == DueKind.Timer ? "timer" : $"send:{item.Owner}",
        MayBeRepeat = mayBeRepeat,
        Timer = item.Kind == DueKind.Timer ? new(item.Reference.Name, item.Reference.Generation, item.Reference.Occurrence) : null,
    };

    private CommandMessage MessageOf(DueItem item, DueTold told, Outcome outcome, bool mayBeRepeat)
    {
        var definition = domain.Aggregates[KindOf(item.Owner)].Commands[told.Command];
        return new()
        {
            // A send has one occurrence; the next is what becomes of it.
            CommandId = DueIdentity.Of(item.Owner, item.Reference with { Occurrence = item.Reference.Occurrence + 1 }).ToString(),
            Name = told.Command,
            Payload = Encoding.UTF8.GetBytes(ToldRejection.In(definition.Type, told.Payload, new(outcome.Code!, outcome.Message!))),
            CorrelationId = item.CorrelationId,
            Source = $"rejected:{item.Target}",
            MayBeRepeat = mayBeRepeat,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "'{Command}' for '{Target}', due by '{Name}' of '{Owner}', failed for the {Attempt}. time.")]
    private partial void LogFailed(Exception exception, string command, string target, string owner, string name, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "'{Command}' for '{Target}', due by '{Name}' of '{Owner}', got no answer; it is delivered again.")]
    private partial void LogUnanswered(Exception exception, string command, string target, string owner, string name);
}
