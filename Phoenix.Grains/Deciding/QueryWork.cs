using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>A decoded query on its way through the decision loop.</summary>
internal sealed class QueryWork(string name, object query, bool linearizable) : Work<QueryAnswer>
{
    public string Name { get; } = name;
    public object Query { get; } = query;

    /// <summary>The version in storage is to be compared before answering.</summary>
    public bool AskStorage { get; set; } = linearizable;

    public override int Bytes => 0;
}
