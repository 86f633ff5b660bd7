using System.Text.RegularExpressions;

namespace Phoenix.Gateway.ReadModels;

/// <summary>The read models that configuration allows: identifiers come from there only, and are checked.</summary>
internal sealed partial class ReadModelCatalog
{
    private const string Columns = "a column name of lower-case letters, digits and underscores";
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(100), MostTime = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, ReadModel> _byName;

    /// <param name="options">Options that have no <see cref="Problems"/>.</param>
    public ReadModelCatalog(IEnumerable<ReadModelOptions> options) =>
        _byName = options.Select(ReadModel.Of).ToDictionary(model => model.Name);

    public IReadOnlyCollection<ReadModel> All => _byName.Values;

    public ReadModel? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What cannot be.</summary>
    public static IEnumerable<string> Problems(IEnumerable<ReadModelOptions> options)
    {
        var all = options.ToList();
        foreach (var problem in all.SelectMany(ProblemsOf)) yield return problem;
        foreach (var twins in all.GroupBy(one => one.Name).Where(group => group.Count() > 1))
            yield return $"Phoenix:ReadModels holds the name '{twins.Key}' {twins.Count()} times. Names are unique.";
    }

    private static IEnumerable<string> ProblemsOf(ReadModelOptions one)
    {
        if (!Name().IsMatch(one.Name))
            yield return Wrong("Name", one.Name, "a lower-case letter, then up to 63 lower-case letters, digits and dashes");
        if (!Relation().IsMatch(one.Relation))
            yield return Wrong("Relation", one.Relation, "relation or schema.relation, of lower-case letters, digits and underscores");
        if (!Column().IsMatch(one.Key)) yield return Wrong("Key", one.Key, Columns);
        foreach (var column in one.Filterable.Where(column => !Column().IsMatch(column)))
            yield return Wrong("Filterable", column, Columns);
        foreach (var column in one.Filterable.Where(ListRequest.IsReserved))
        {
            yield return Wrong("Filterable", column, "a column that is not called as a parameter of lists. "
                + "Give it another name in a view, and list the view");
        }

        foreach (var column in one.Sortable.Where(column => !Column().IsMatch(column)))
            yield return Wrong("Sortable", column, Columns);
        if (one.Projection is { Length: > 200 }) yield return Wrong("Projection", one.Projection, "the name of a projection");
        if (one.Version < 1) yield return Wrong("Version", $"{one.Version}", "the version of a projection, from 1");
        if (one.Version is not null && string.IsNullOrWhiteSpace(one.Projection))
            yield return Wrong("Projection", "", "the name of the projection whose version is named");
        if (one.Version is not null && one.Projection?.Contains(':', StringComparison.Ordinal) == true)
            yield return Wrong("Projection", one.Projection, "its name alone, since the version is named beside it");
        if (one.TimeLimit < LeastTime || one.TimeLimit > MostTime)
            yield return Wrong("TimeLimit", $"{one.TimeLimit}", "100 ms to a minute");
    }

    private static string Wrong(string member, string found, string expected) =>
        $"Phoenix:ReadModels holds an entry whose {member} is '{found}'. Expected {expected}.";

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?\z")]
    private static partial Regex Relation();

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex Column();
}
