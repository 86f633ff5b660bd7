using System.Buffers.Binary;

namespace Phoenix.Faults;

/// <summary>Cuts a stream of bytes into messages.</summary>
internal sealed class FrameReader(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether the next message is here already, so that writing can wait for it.</summary>
    public bool HasNext => _end - _start >= 5 && _end - _start > Length(_start + 1);

    /// <summary>The next message; <see langword="null"/> at the end of the stream.</summary>
    public async Task<Frame?> ReadAsync(CancellationToken cancellationToken) =>
        await FillAsync(5, cancellationToken) && await FillAsync(1 + Length(_start + 1), cancellationToken)
            ? new Frame(Take(1 + Length(_start + 1)))
            : null;

    /// <summary>The first message of a client has no type: its length and its body.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadStartupAsync(CancellationToken cancellationToken) =>
        await FillAsync(4, cancellationToken) && await FillAsync(Length(_start), cancellationToken) ? Take(Length(_start)) : null;

    private int Length(int at) => BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(at));

    private byte[] Take(int count)
    {
        var taken = _buffer.AsSpan(_start, count).ToArray();
        _start += count;
        return taken;
    }

    private async Task<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            MakeRoom(count);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                return false;
            _end += read;
        }

        return true;
    }

    private void MakeRoom(int count)
    {
        if (_buffer.Length - _start >= count && _end < _buffer.Length)
            return;
        var target = count > _buffer.Length ? new byte[count * 2] : _buffer;
        Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
        (_buffer, _end, _start) = (target, _end - _start, 0);
    }
}
