using Microsoft.Extensions.DependencyInjection;
using Phoenix.Aggregates;
using Phoenix.Dispatch;
using Phoenix.Model;
using Xunit;

namespace Phoenix.Tests.Model;

public sealed class HandlerCallTests
{
    private static readonly AggregateModel Probes = AggregateModel.Of(typeof(Probe));
    private static readonly CommandContext Context = new()
    {
        AggregateId = "1",
        CommandId = "c",
        Now = DateTimeOffset.UnixEpoch,
        Cancellation = new CancellationTokenSource().Token,
    };

    [Fact]
    public async Task a_handler_gets_services_context_and_cancellation()
    {
        var tariff = new Tariff(7);
        var decision = await Decide(new Measure(3), new ServiceCollection().AddSingleton(tariff).BuildServiceProvider());

        Assert.Equal(new Measured(21, "c", true), Assert.Single(decision.Events));
    }

    [Fact]
    public async Task a_missing_service_is_named()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Decide(new Measure(3)));
        Assert.Contains(nameof(Tariff), exception.Message);
    }

    [Fact]
    public async Task a_task_is_awaited() => Assert.Equal(new Measured(1, "task", false), Assert.Single((await Decide(new MeasureByTask(1))).Events));

    [Fact]
    public async Task a_value_task_is_awaited() =>
        Assert.Equal(new Measured(2, "value task", false), Assert.Single((await Decide(new MeasureByValueTask(2))).Events));

    [Fact]
    public async Task an_exception_keeps_its_type() => await Assert.ThrowsAsync<DivideByZeroException>(() => Decide(new MeasureByTask(0)));

    [Fact]
    public void apply_changes_state_and_answer_sees_it()
    {
        var probe = Probes.Create();
        Probes.Apply(probe, new Measured(5, "c", true));
        Assert.True(Probes.TryGetQuery(typeof(GetLast), out var query));
        Assert.Equal("5 at version 1", query.Answer(probe, new GetLast(), new QueryContext("1", DateTimeOffset.UnixEpoch, 1)));
    }

    [Fact]
    public void an_event_of_another_aggregate_is_refused() => Assert.Equal(
        $"{typeof(Probe)} has no Apply method for {typeof(Stranger)}. Every event of an aggregate needs a public 'void Apply(Stranger @event)'.",
        Assert.Throws<ModelException>(() => Probes.Apply(Probes.Create(), new Stranger())).Message);

    private static async Task<Decision> Decide(ICommand<IProbeGrain> command, IServiceProvider? services = null)
    {
        Assert.True(Probes.TryGetCommand(command.GetType(), out var definition));
        return await definition.Handle(Probes.Create(), command, Context, services ?? new ServiceCollection().BuildServiceProvider());
    }

    public sealed record Tariff(int Factor);

    private sealed record Stranger;

    [Command("tests.measure")] public sealed record Measure(int Value) : ICommand<IProbeGrain>;

    [Command("tests.measure-by-task")] public sealed record MeasureByTask(int Value) : ICommand<IProbeGrain>;

    [Command("tests.measure-by-value-task")] public sealed record MeasureByValueTask(int Value) : ICommand<IProbeGrain>;

    [Event("tests.measured")] public sealed record Measured(int Value, string Note, bool Cancellable) : IEvent;

    [Query("tests.get-last")] public sealed record GetLast : IQuery<IProbeGrain, string>;

    [Aggregate("tests.probe")] public interface IProbeGrain : IAggregateGrain;

    public sealed class ProbeGrain : AggregateGrain<Probe>, IProbeGrain;

    public sealed class Probe : Aggregate<IProbeGrain>
    {
        public int Last { get; set; }

        public Decision Handle(Measure command, Tariff tariff, CommandContext context, CancellationToken cancellation) =>
            Accept(new Measured(command.Value * tariff.Factor, context.CommandId, cancellation == context.Cancellation));

        public async Task<Decision> Handle(MeasureByTask command)
        {
            await Task.Yield();
            return command.Value == 0 ? throw new DivideByZeroException() : Accept(new Measured(command.Value, "task", false));
        }

        public async ValueTask<Decision> Handle(MeasureByValueTask command)
        {
            await Task.Yield();
            return Accept(new Measured(command.Value, "value task", false));
        }

        public void Apply(Measured @event) => Last = @event.Value;

        public string Answer(GetLast _, QueryContext context) => $"{Last} at version {context.Version}";
    }
}
