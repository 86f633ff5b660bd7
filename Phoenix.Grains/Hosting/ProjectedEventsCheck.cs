using JasperFx.Events.Projections;
using Microsoft.Extensions.Options;
using Phoenix.Dispatch;
using Phoenix.EventStore;

namespace Phoenix.Hosting;

/// <summary>
/// Refuses to start with a projection that takes events of a former type: these become others before a projection sees them, so it would
/// wait for them for ever, and its read model would leave out events without a word.
/// </summary>
internal sealed class ProjectedEventsCheck(ILogStore store, DomainModel domain) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(ProjectedEventsCheck), ServiceLifecycleStage.RuntimeInitialize - 1, _ =>
        {
            var problems = Problems().ToList();
            return problems.Count == 0
                ? Task.CompletedTask
                : throw new OptionsValidationException(PhoenixOptions.Section, typeof(DomainModel), problems);
        });

    private IEnumerable<string> Problems() =>
        from projection in store.Options.Events.Projections()
        from type in (projection as EventFilterable)?.IncludedEventTypes.Distinct() ?? []
        where domain.Evolution.FormerTypes.Contains(type)
        select $"The projection '{projection.Name}' takes {type}, which no event is read as any more: it becomes the next version first. "
            + "Let it take that one.";
}
