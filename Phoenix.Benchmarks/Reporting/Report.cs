using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Reporting;

/// <summary>What a scenario found out.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Sides">The sides' figures.</param>
internal sealed record Report(string Scenario, IReadOnlyList<SideFigures> Sides)
{
    private readonly List<Headline> _headlines = [];

    public IReadOnlyList<Headline> Headlines => _headlines;

    public Report With(string name, double value, double? atLeast = null, double? atMost = null, double? aim = null)
    {
        _headlines.Add(new(name, value, atLeast, atMost, aim));
        return this;
    }
}
