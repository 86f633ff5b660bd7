using System.Diagnostics.Metrics;

namespace Phoenix.EventStore.Projecting;

/// <summary>What this silo last learned of the projections, for health and metrics. Thread-safe.</summary>
internal sealed class ProjectionWatch : IProjectionHealth
{
    private static readonly Meter Meter = new("Phoenix.Projections");

    private volatile IReadOnlyList<ProjectionState> _states = [];

    public ProjectionWatch()
    {
        Gauge("phoenix.projections.lag", "s", "Age of the oldest event that is not in the projection.", state => state.Late.TotalSeconds);
        Gauge("phoenix.projections.behind", "{event}", "Numbers of the log after the projection's position.", state => state.Behind);
        Gauge("phoenix.projections.stopped", "{projection}", "1 while the projection stands at something it cannot do.",
            state => state.Stop is null ? 0 : 1);
        Gauge("phoenix.projections.building", "{projection}", "1 while the projection is filled for the first time.",
            state => state.IsBuilding ? 1 : 0);
    }

    public bool IsRunningThem { get; private set; }

    public IReadOnlyList<ProjectionState> States => _states;

    /// <summary>Takes in what was learned.</summary>
    public void Learned(IReadOnlyList<ProjectionState> states, bool isRunningAny) => (IsRunningThem, _states) = (isRunningAny, states);

    /// <summary>Other silos run them now.</summary>
    public void LetGo() => (IsRunningThem, _states) = (false, []);

    private void Gauge(string name, string unit, string description, Func<ProjectionState, double> value) => Meter.CreateObservableGauge(
        name, () => _states.Select(state =>
            new Measurement<double>(value(state), new KeyValuePair<string, object?>("projection", state.Name))), unit,
        $"{description} Told by the silo that runs them.");
}
