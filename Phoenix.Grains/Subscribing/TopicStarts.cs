using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.Subscribing;

/// <summary>Keeps where topics of others began to be read in the database, where no broker forgets it and one row is one place.</summary>
internal sealed class TopicStarts(TopicStartTable table) : ITopicStarts
{
    public async Task<TopicBeginning> KeepAsync(string topic, string reader, TopicBeginning beginning)
    {
        var (life, places) = await table.KeepAsync(topic, reader, beginning.Life, beginning.Places);
        return new(life, places);
    }
}
