using System.Text.RegularExpressions;

namespace Phoenix.Gateway.ReadModels;

/// <summary>The read models that configuration allows, with their SQL: identifiers come from configuration only, are checked and quoted.</summary>
internal sealed partial class ReadModelCatalog
{
    private readonly Dictionary<string, ReadModel> _byName;

    public ReadModelCatalog(IEnumerable<ReadModelOptions> options)
    {
        var models = options.Select(Checked).ToList();
        if (models.GroupBy(model => model.Name).FirstOrDefault(group => group.Count() > 1) is { } twins)
            throw new InvalidOperationException($"Phoenix:ReadModels holds the name '{twins.Key}' {twins.Count()} times. Names are unique.");
        _byName = models.ToDictionary(model => model.Name);
    }

    public bool IsEmpty => _byName.Count == 0;

    public ReadModel? Find(string name) => _byName.GetValueOrDefault(name);

    private static ReadModel Checked(ReadModelOptions options)
    {
        if (!Name().IsMatch(options.Name)) throw Wrong("Name", options.Name, "a lower-case letter, then up to 63 lower-case letters, digits and dashes");
        if (!Relation().IsMatch(options.Relation)) throw Wrong("Relation", options.Relation, "relation or schema.relation, of lower-case letters, digits and underscores");
        if (!Column().IsMatch(options.Key)) throw Wrong("Key", options.Key, "a column name of lower-case letters, digits and underscores");
        var relation = string.Join('.', options.Relation.Split('.').Select(Quoted));
        var key = Quoted(options.Key);
        return new(
            options.Name,
            $"select to_jsonb(r)::text from {relation} r where r.{key} = $1 limit 1",
            $"select to_jsonb(r)::text from {relation} r order by r.{key} limit $1");
    }

    private static InvalidOperationException Wrong(string member, string found, string expected) =>
        new($"Phoenix:ReadModels holds an entry whose {member} is '{found}'. Expected {expected}.");

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
