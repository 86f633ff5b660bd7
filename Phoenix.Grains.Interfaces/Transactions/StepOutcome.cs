using System.Text.Json;

namespace Phoenix.Transactions;

/// <summary>What became of a step of a dynamic transaction, for good. It is stored before anything follows from it.</summary>
public sealed record StepOutcome
{
    private readonly string? _reply;

    internal StepOutcome(string step, StepState state, string? reply, string? code, string? message) =>
        (Step, State, _reply, Code, Message) = (step, state, reply, code, message);

    /// <summary>The step's name.</summary>
    public string Step { get; }

    /// <summary>Accepted, rejected, or closed: it had no answer in its time, or only faulty ones, and now never takes effect.</summary>
    public StepState State { get; }

    /// <summary>It was done.</summary>
    public bool IsAccepted => State == StepState.Accepted;

    /// <summary>Why it was not done: the aggregate's code, or one of <see cref="TransactionCodes"/>; null when it was.</summary>
    public string? Code { get; }

    /// <summary>The same for people.</summary>
    public string? Message { get; }

    /// <summary>The reply value, or default when there is none.</summary>
    /// <exception cref="JsonException">The reply is not of this type.</exception>
    public T? Reply<T>() => _reply is null ? default : JsonSerializer.Deserialize<T>(_reply, PhoenixJson.State);
}
