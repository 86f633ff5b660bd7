using Npgsql;
using NpgsqlTypes;

namespace Phoenix.EventStore.Commits;

/// <summary>Spreads the tags of a batch over the arrays that <see cref="TagStatements"/> unnests.</summary>
internal static class TagParameters
{
    public static void AddChanges(NpgsqlParameterCollection parameters, IReadOnlyList<StreamCommit> batch)
    {
        (string Stream, TagChange Change)[] all =
            [.. batch.Where(stream => stream.HasTags).SelectMany(stream => stream.Tags!.All, (stream, change) => (stream.StreamId, change))];
        parameters.Add(CommitParameters.Text(Array.ConvertAll(all, one => one.Stream)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(all, one => one.Change.Subscription)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(all, one => one.Change.Tag)));
        parameters.Add(new NpgsqlParameter<bool[]>
        {
            TypedValue = Array.ConvertAll(all, one => one.Change.IsSet), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean,
        });
    }
}
