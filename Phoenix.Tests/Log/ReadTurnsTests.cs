using Phoenix.EventStore.Storage;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Who may read when very many want to, and what they learn when storage is away.</summary>
public sealed class ReadTurnsTests : IDisposable
{
    private readonly ReadTurns _turns = new(2);

    [Fact]
    public async Task no_more_read_at_once_than_may_and_all_get_their_turn()
    {
        var (reading, most) = (0, 0);
        var numbers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => _turns.ReadAsync(async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref reading));
            await Task.Yield();
            Interlocked.Decrement(ref reading);
            return number;
        })));
        Assert.Equal(Enumerable.Range(0, 100), numbers);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task when_storage_is_away_those_that_wait_are_told_at_once_and_later_ones_try_again()
    {
        var (first, second) = (Begin(), Begin());
        var waiting = Enumerable.Range(0, 10).Select(_ => _turns.ReadAsync(() => Task.FromResult(1))).ToList();
        Assert.All(waiting, read => Assert.False(read.IsCompleted));

        first.Ending.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => first.Read);
        foreach (var read in waiting) await Assert.ThrowsAsync<IOException>(() => read);
        Assert.Equal(2, await _turns.ReadAsync(() => Task.FromResult(2)));
        second.Ending.SetResult(0);
        await second.Read;
    }

    [Fact]
    public async Task one_read_that_fails_while_others_succeed_fails_alone()
    {
        var (slow, other) = (Begin(), Begin());
        var waiting = Begin();
        other.Ending.SetResult(0);
        await other.Read;
        var behind = Enumerable.Range(0, 10).Select(_ => _turns.ReadAsync(() => Task.FromResult(1))).ToList();
        slow.Ending.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => slow.Read);
        waiting.Ending.SetResult(0);
        Assert.All(await Task.WhenAll(behind), one => Assert.Equal(1, one));
    }

    [Fact]
    public async Task a_failure_that_is_not_storages_is_an_answer()
    {
        var (broken, other) = (Begin(), Begin());
        var waiting = _turns.ReadAsync(() => Task.FromResult(1));
        broken.Ending.SetException(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => broken.Read);
        Assert.Equal(1, await waiting);
        other.Ending.SetResult(0);
    }

    public void Dispose() => _turns.Dispose();

    private (Task<int> Read, TaskCompletionSource<int> Ending) Begin()
    {
        var ending = new TaskCompletionSource<int>();
        return (_turns.ReadAsync(() => ending.Task), ending);
    }
}
