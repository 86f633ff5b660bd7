using Phoenix.Messages;

namespace Phoenix;

/// <summary>
/// Tells whether a command can be read, without deciding it: an entrance that has its caller on the line asks here first, so that a typing
/// error is answered and does not become a dead letter for somebody else. Any silo answers; the key is 0.
/// </summary>
[Alias("phoenix.IMessageCheckGrain")]
public interface IMessageCheckGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// What is wrong with the command; null when nothing is, or when the silo that answers does not host this kind of aggregate.
    /// </summary>
    /// <param name="aggregate">The aggregate's logical name.</param>
    /// <param name="command">The command.</param>
    [Alias("Check")]
    Task<MessageProblem?> Check(string aggregate, CommandMessage command);
}

/// <summary>Why a message cannot be read.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What was expected and what was found.</param>
[GenerateSerializer, Immutable, Alias("phoenix.message-problem")]
public sealed record MessageProblem([property: Id(0)] string Code, [property: Id(1)] string Message);
