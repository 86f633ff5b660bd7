namespace Phoenix.Gateway.ReadModels;

/// <summary>The columns of a read model's relation, and what does not fit to what was declared.</summary>
internal sealed class ModelShape(ReadModel model, IEnumerable<ModelColumn> columns)
{
    private readonly Dictionary<string, ModelColumn> _columns = columns.ToDictionary(column => column.Name);

    /// <summary>False while the relation is not there.</summary>
    public bool Exists => _columns.Count > 0;

    public ModelColumn? Find(string name) => _columns.GetValueOrDefault(name);

    /// <summary>What keeps callers from what was declared.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Exists)
        {
            yield return $"The relation '{model.Relation}' of the read model '{model.Name}' is not there, or this user may not see it.";
            yield break;
        }

        foreach (var name in model.Filterable.Union(model.Sortable).Where(name => Find(name) is null))
        {
            yield return $"The read model '{model.Name}' declares the column '{name}', which the relation '{model.Relation}' "
                + "does not have.";
        }

        foreach (var name in model.Filterable.Where(name => name != model.Key && Find(name) is { Type: null }))
        {
            yield return $"The read model '{model.Name}' declares the column '{name}' as Filterable; there are no filters for its type "
                + $"'{Find(name)!.TypeName}'.";
        }
    }

    /// <summary>What works, and may be slow or miss rows.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Find(model.Key) is { IsUnique: false })
        {
            yield return $"The key '{model.Key}' of the read model '{model.Name}' is not unique in '{model.Relation}'. Lists leave rows "
                + "out where two have the same key at the end of a page.";
        }

        foreach (var name in model.Filterable.Union(model.Sortable).Where(name => Find(name) is { IsIndexed: false }))
        {
            yield return $"The read model '{model.Name}' declares the column '{name}', and no index of '{model.Relation}' begins with it. "
                + "Every page reads the whole relation.";
        }
    }
}
