using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Phoenix.Aggregates;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Intake;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>A handler's time limit is its own.</summary>
public sealed class DeciderTests
{
    private static readonly Failures Failures = new("tests.counter/id", NullLogger.Instance);
    private static readonly AggregateModel Model = AggregateModel.Of(typeof(Counter));
    private readonly FakeTimeProvider _time = new();
    private readonly Cancellations _handlers = new();

    [Fact]
    public async Task one_handler_that_passes_its_limit_cancels_no_other()
    {
        var decider = NewDecider();
        var slow = DecideAsync(decider, "slow");
        _time.Advance(TimeSpan.FromSeconds(6));
        var other = DecideAsync(decider, "other");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ErrorCodes.HandlerTimeout, (await Assert.ThrowsAsync<CommandFailedException>(() => slow)).Code);
        await Eventually.TrueAsync("the slow handler is told", () => _handlers.Tokens["slow"].IsCancellationRequested);
        Assert.False(_handlers.Tokens["other"].IsCancellationRequested);
        _handlers.Go.SetResult();
        Assert.Null((await other).Rejection);
    }

    [Fact]
    public async Task a_handler_whose_cancellation_throws_has_timed_out_all_the_same()
    {
        var decider = NewDecider();
        var slow = DecideAsync(decider, "slow");
        _handlers.Tokens["slow"].Register(() => throw new InvalidOperationException("Not now."));
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(ErrorCodes.HandlerTimeout, (await Assert.ThrowsAsync<CommandFailedException>(() => slow)).Code);
        var next = DecideAsync(decider, "next");
        Assert.False(_handlers.Tokens["next"].IsCancellationRequested);
        _handlers.Go.SetResult();
        await next;
    }

    private Decider NewDecider() => new(Model, "id", new ServiceCollection().AddSingleton<IHindrance>(_handlers).BuildServiceProvider(), new AggregateOptions(), _time, Failures);

    private Task<Phoenix.Model.Decision> DecideAsync(Decider decider, string name) =>
        decider.DecideAsync(MessageDecoder.Command(Model, CommandMessage.Of(new AddWhenLet(1, name)), Failures), new Counter(), 0, _time.GetUtcNow(), onWaiting: null).AsTask();

    private sealed class Cancellations : IHindrance
    {
        public Dictionary<string, CancellationToken> Tokens { get; } = [];
        public TaskCompletionSource Go { get; } = new();

        public Task Before(string command, CancellationToken cancellation)
        {
            Tokens[command] = cancellation;
            return Go.Task;
        }
    }
}
