using CsCheck;
using Orleans.Streams;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>The cache against a simple model: whatever the agent does, records leave only when delivered, in order of their key.</summary>
public sealed class KeyedQueueCacheTests
{
    private enum Action
    {
        Add,
        OpenCursor,
        CloseCursor,
        Move,
        Fail,
        Acknowledge,
        Purge,
        OfferAgain,
    }

    [Fact]
    public void any_interleaving_delivers_every_record_in_order_and_completes_it_once_and_only_then()
    {
        var action = Gen.Frequency(
            (6, Gen.Const(Action.Add)), (2, Gen.Const(Action.OpenCursor)), (1, Gen.Const(Action.CloseCursor)), (8, Gen.Const(Action.Move)),
            (2, Gen.Const(Action.Fail)), (2, Gen.Const(Action.Acknowledge)), (1, Gen.Const(Action.Purge)), (1, Gen.Const(Action.OfferAgain)));
        Gen.Select(Gen.Int[1, 5], Gen.Select(action, Gen.Int[0, 3], Gen.Int[0, 100]).Array[0, 200]).Sample((batch, steps) =>
        {
            var model = new Model(batch);
            foreach (var (what, key, pick) in steps)
                model.Do(what, key, pick);
            model.DeliverTheRest();
        });
    }

    [Fact]
    public void a_stream_without_records_and_cursors_costs_nothing()
    {
        var progress = new Progress();
        var cache = new KeyedQueueCache(progress, 100, 1_000_000);
        for (var number = 0; number < 1_000; number++)
        {
            var record = Record($"key-{number}", number);
            cache.AddToCache([record]);
            using var cursor = cache.GetCacheCursor(record.StreamId, null);
            Assert.True(Moves(cursor));
            Assert.False(Moves(cursor));
        }
        Assert.Equal(1_000, progress.Completed.Count);
        Assert.Equal(0, cache.StreamCount);
    }

    [Fact]
    public void a_cursor_that_only_pins_a_stream_completes_nothing()
    {
        var progress = new Progress();
        var cache = new KeyedQueueCache(progress, 100, 1_000_000);
        var record = Record("key", 1);
        cache.AddToCache([record]);
        var pin = cache.GetCacheCursor(record.StreamId, record.SequenceToken);
        var cursor = cache.GetCacheCursor(record.StreamId, record.SequenceToken);
        Assert.True(Moves(cursor));
        Assert.False(Moves(cursor));
        Assert.Empty(progress.Completed);
        pin.Dispose();
        Assert.Equal([1L], progress.Completed);
    }

    [Fact]
    public void a_batch_ends_at_its_limit_of_bytes_but_holds_at_least_one_record()
    {
        var cache = new KeyedQueueCache(new Progress(), 100, maxBatchBytes: 1);
        cache.AddToCache([Record("key", 1), Record("key", 2)]);
        using var cursor = cache.GetCacheCursor(Stream("key"), null);
        Assert.True(Moves(cursor));
        Assert.Single(Offsets(cursor));
    }

    [Fact]
    public void records_that_left_hold_none_of_those_behind_them()
    {
        var records = Enumerable.Range(1, 5).Select(offset => Record("key", offset)).ToList();
        var cache = new KeyedQueueCache(new Progress(), 2, 1_000_000);
        cache.AddToCache([.. records]);
        using var slow = cache.GetCacheCursor(Stream("key"), null);
        using var fast = cache.GetCacheCursor(Stream("key"), null);
        while (Moves(fast)) { }
        Assert.All(records.SkipLast(1), record => Assert.NotNull(record.Next));

        List<long> seen = [];
        while (Moves(slow)) seen.AddRange(Offsets(slow));
        Assert.Equal([1, 2, 3, 4, 5], seen);
        Assert.All(records, record => Assert.Null(record.Next));
    }

    private static bool Moves(IQueueCacheCursor cursor) => cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success;

    private static StreamId Stream(string key) => StreamId.Create("wire", key);

    private static CachedRecord Record(string key, long offset)
    {
        var message = new KafkaMessage
        {
            Topic = "topic", Partition = 0, Offset = offset, Timestamp = default, TopicIncarnation = "one",
            RawKey = System.Text.Encoding.UTF8.GetBytes(key),
        };
        return new CachedRecord(Stream(key), message, new OffsetTracker(0));
    }

    private static List<long> Offsets(IQueueCacheCursor cursor) => [.. Assert.IsType<KafkaBatch>(cursor.GetCurrent(out _)).Messages.Select(message => message.Offset)];

    private sealed class Progress : IPartitionProgress
    {
        public List<long> Completed { get; } = [];

        void IPartitionProgress.Completed(CachedRecord first, int count)
        {
            for (var record = first; count > 0; record = record.Next!, count--)
                Completed.Add(record.Offset);
        }

        public void DeliveryBegins()
        {
        }

        public void DeliveryEnds(StreamCursor cursor, KafkaBatch batch, Exception? failure)
        {
        }

        public void Closed(StreamCursor cursor)
        {
        }
    }

    /// <summary>For each cursor: what it was given and has confirmed; for each key: what was added and what may have completed.</summary>
    private sealed class Model(int maxBatch)
    {
        private readonly Progress progress = new();
        private readonly Dictionary<int, List<long>> added = [];
        private readonly Dictionary<int, List<CachedRecord>> records = [];
        private readonly List<Reader> readers = [];
        private readonly HashSet<long> confirmed = [];
        private KeyedQueueCache? cache;
        private long offset;

        private sealed class Reader(int key, IQueueCacheCursor cursor)
        {
            public int Key { get; } = key;
            public IQueueCacheCursor Cursor { get; } = cursor;
            public List<long> Out { get; set; } = [];
            public long LastConfirmed { get; set; } = -1;
        }

        private KeyedQueueCache Cache => cache ??= new KeyedQueueCache(progress, maxBatch, 1_000_000);

        public void Do(Action action, int key, int pick)
        {
            var reader = readers.Count == 0 ? null : readers[pick % readers.Count];
            switch (action)
            {
                case Action.Add: Add(key, 1 + pick % 4); break;
                case Action.OpenCursor: readers.Add(new(key, Cache.GetCacheCursor(Stream($"{key}"), null))); break;
                case Action.CloseCursor when reader is not null: Close(reader); break;
                case Action.Move when reader is not null: Move(reader); break;
                case Action.Fail when reader is not null: reader.Cursor.RecordDeliveryFailure(); reader.Out = []; break;
                case Action.Acknowledge when reader is { Out.Count: > 0 }: Acknowledge(reader); break;
                case Action.Purge: Assert.False(Cache.TryPurgeFromCache(out _)); break;
                case Action.OfferAgain when records.TryGetValue(key, out var known): Cache.AddToCache([known[pick % known.Count]]); break;
            }
            Check();
        }

        public void DeliverTheRest()
        {
            foreach (var reader in readers.ToList())
                Close(reader);
            foreach (var key in added.Keys)
            {
                var reader = new Reader(key, Cache.GetCacheCursor(Stream($"{key}"), null));
                readers.Add(reader);
                while (Move(reader))
                    Check();
                Close(reader);
            }
            Assert.Equal(added.Values.SelectMany(each => each).Order(), progress.Completed.Order());
            Assert.Equal(0, Cache.StreamCount);
        }

        private void Add(int key, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var record = Record($"{key}", offset);
                (added.TryGetValue(key, out var list) ? list : added[key] = []).Add(offset);
                (records.TryGetValue(key, out var known) ? known : records[key] = []).Add(record);
                Cache.AddToCache([record]);
                offset++;
            }
        }

        private bool Move(Reader reader)
        {
            Confirm(reader);
            var moved = Moves(reader.Cursor);
            reader.Out = moved ? Offsets(reader.Cursor) : [];
            // In order, without a hole: the records of the key that follow what this cursor has, or the oldest that are not complete.
            var rest = added.GetValueOrDefault(reader.Key, []).Where(each => each > reader.LastConfirmed && !progress.Completed.Contains(each));
            Assert.Equal(rest.Take(maxBatch), reader.Out);
            return moved;
        }

        private void Acknowledge(Reader reader)
        {
            var batch = (KafkaBatch)reader.Cursor.GetCurrent(out _)!;
            Confirm(reader);
            ((StreamCursor)reader.Cursor).Acknowledge(batch);
        }

        private void Confirm(Reader reader)
        {
            if (reader.Out.Count == 0)
                return;
            confirmed.UnionWith(reader.Out);
            reader.LastConfirmed = reader.Out[^1];
            reader.Out = [];
        }

        private void Close(Reader reader)
        {
            readers.Remove(reader);
            reader.Cursor.Dispose();
        }

        private void Check()
        {
            Assert.Equal(progress.Completed.Count, progress.Completed.Distinct().Count());
            Assert.All(progress.Completed, each => Assert.Contains(each, confirmed));
            foreach (var reader in readers)
                Assert.All(reader.Out, each => Assert.DoesNotContain(each, progress.Completed));
            Assert.True(Cache.GetMaxAddCount() is -1 or > 0);
            Assert.False(Cache.IsUnderPressure());
        }
    }
}
