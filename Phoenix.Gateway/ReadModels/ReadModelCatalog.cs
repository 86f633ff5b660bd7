using System.Text.RegularExpressions;

namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// The read models that configuration allows, with their SQL: identifiers come from configuration only, are checked and quoted.
/// </summary>
internal sealed partial class ReadModelCatalog
{
    private readonly Dictionary<string, ReadModel> _byName;

    /// <param name="options">Options that have no <see cref="Problems"/>.</param>
    public ReadModelCatalog(IEnumerable<ReadModelOptions> options) => _byName = options.Select(Read).ToDictionary(model => model.Name);

    /// <summary>What cannot be.</summary>
    public static IEnumerable<string> Problems(IEnumerable<ReadModelOptions> options)
    {
        var all = options.ToList();
        foreach (var one in all)
        {
            if (!Name().IsMatch(one.Name))
                yield return Wrong("Name", one.Name, "a lower-case letter, then up to 63 lower-case letters, digits and dashes");
            if (!Relation().IsMatch(one.Relation))
                yield return Wrong("Relation", one.Relation, "relation or schema.relation, of lower-case letters, digits and underscores");
            if (!Column().IsMatch(one.Key))
                yield return Wrong("Key", one.Key, "a column name of lower-case letters, digits and underscores");
        }

        foreach (var twins in all.GroupBy(one => one.Name).Where(group => group.Count() > 1))
            yield return $"Phoenix:ReadModels holds the name '{twins.Key}' {twins.Count()} times. Names are unique.";
    }

    public ReadModel? Find(string name) => _byName.GetValueOrDefault(name);

    private static ReadModel Read(ReadModelOptions options)
    {
        var relation = string.Join('.', options.Relation.Split('.').Select(Quoted));
        var key = Quoted(options.Key);
        return new(
            options.Name,
            $"select to_jsonb(r)::text from {relation} r where r.{key} = $1 limit 1",
            $"select to_jsonb(r)::text from {relation} r order by r.{key} limit $1");
    }

    private static string Wrong(string member, string found, string expected) =>
        $"Phoenix:ReadModels holds an entry whose {member} is '{found}'. Expected {expected}.";

    private static string Quoted(string identifier) => $"\"{identifier}\"";

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?\z")]
    private static partial Regex Relation();

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex Column();
}

/// <summary>A readable relation and its two statements.</summary>
internal sealed record ReadModel(string Name, string OneSql, string ManySql);
