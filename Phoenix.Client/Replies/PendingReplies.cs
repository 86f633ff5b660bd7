using System.Collections.Concurrent;
using System.Globalization;
using Phoenix.Messages;

namespace Phoenix.Client.Replies;

/// <summary>The requests that wait for a reply, by request id: this instance's random prefix and a number.</summary>
internal sealed class PendingReplies
{
    private readonly ConcurrentDictionary<ulong, PendingReply> _waiting = new();
    private readonly byte[] _prefix = System.Text.Encoding.ASCII.GetBytes($"{Guid.NewGuid():N}-");
    private ulong _last;
    private volatile bool _closed;

    public int Count => _waiting.Count;

    /// <summary>Registers a request; dispose it when its caller stops waiting.</summary>
    public PendingReply Expect()
    {
        var number = Interlocked.Increment(ref _last);
        var pending = new PendingReply(this, number, RequestIdOf(number));
        _waiting[number] = pending;
        // Closing may have walked the dictionary before this request was in it.
        if (_closed) pending.Close();
        return pending;
    }

    /// <summary>The waiting request with this id, or null when nobody waits: another instance's, a repeat, or too late.</summary>
    public PendingReply? Find(ReadOnlySpan<byte> requestId) =>
        requestId.StartsWith(_prefix)
        && ulong.TryParse(requestId[_prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && _waiting.TryGetValue(number, out var pending) ? pending : null;

    public void Close()
    {
        _closed = true;
        foreach (var pending in _waiting.Values) pending.Close();
    }

    private byte[] RequestIdOf(ulong number)
    {
        Span<byte> id = stackalloc byte[64];
        _prefix.CopyTo(id);
        number.TryFormat(id[_prefix.Length..], out var written, default, CultureInfo.InvariantCulture);
        return id[..(_prefix.Length + written)].ToArray();
    }

    internal void Forget(ulong number) => _waiting.TryRemove(number, out _);
}

/// <summary>One request that waits for its reply.</summary>
internal sealed class PendingReply(PendingReplies owner, ulong number, byte[] requestId) : IDisposable
{
    // Callers must not run on the thread that reads replies.
    private readonly TaskCompletionSource<ReplyBody> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[] RequestId => requestId;

    /// <summary>Where the reply is to go; set before the request is sent.</summary>
    public ReplyAddress? Address { get; set; }

    public Task<ReplyBody> Reply => _reply.Task;

    public void Complete(ReplyBody body) => _reply.TrySetResult(body);

    public void Fail(Exception error) => _reply.TrySetException(error);

    public void Close() => _reply.TrySetException(new ObjectDisposedException(nameof(IPhoenixClient)));

    public void Dispose() => owner.Forget(number);
}
