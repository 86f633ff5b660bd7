using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Phoenix.Faults;

/// <summary>One client's session: passes messages on in both directions and lets a fault take over at a commit.</summary>
internal sealed class PostgresSession(ProxiedConnection connection, PostgresFaultProxy proxy, CancellationToken cancellationToken)
{
    private const int SslRequest = 80877103;
    private const int GssEncryptionRequest = 80877104;
    private const int CancelRequest = 80877102;

    private readonly FrameReader _fromClient = new(connection.Client);
    private readonly FrameReader _fromServer = new(connection.Server);
    private readonly ArrayBufferWriter<byte> _toServer = new();
    private readonly ArrayBufferWriter<byte> _toClient = new();
    private readonly CommitRecognition _commits = new(proxy.IsWrite);
    private volatile CommitFault? _fault;

    public ProxiedConnection Connection => connection;

    /// <summary>Replies that the server owes or has given: one to the startup, to every Sync and to every simple query.</summary>
    public int RepliesExpected { get; private set; }

    public int RepliesSeen { get; private set; }

    /// <summary>Statements that the server has completed since it was last ready.</summary>
    public int Completed { get; private set; }

    /// <summary>Statements executed in the batch that the commit ends.</summary>
    public int Executed => _commits.Executed;

    public async Task RunAsync()
    {
        if (await StartAsync() is not { } application)
            return;
        try
        {
            await await Task.WhenAny(FromServerAsync(), FromClientAsync(application == proxy.ApplicationName));
        }
        finally
        {
            connection.Dispose();
            if (_fault is { IsOver: false } fault)
                fault.AtSessionEnd();
        }
    }

    public void Queue(Frame frame)
    {
        if (frame.Type is Frame.Sync or Frame.Query)
            RepliesExpected++;
        _toServer.Write(frame.Bytes.Span);
    }

    public Task SendAsync() => SendAsync(_toServer, connection.Server);

    private async Task<string?> StartAsync()
    {
        while (await _fromClient.ReadStartupAsync(cancellationToken) is { } startup)
        {
            switch (BinaryPrimitives.ReadInt32BigEndian(startup.Span[4..]))
            {
                case SslRequest or GssEncryptionRequest:
                    await connection.Client.WriteAsync("N"u8.ToArray(), cancellationToken);
                    continue;
                case CancelRequest:
                    await connection.Server.WriteAsync(startup, cancellationToken);
                    return null;
                default:
                    RepliesExpected = 1;
                    await proxy.PaceAsync(cancellationToken);
                    await connection.Server.WriteAsync(startup, cancellationToken);
                    return Parameter(startup[8..], "application_name");
            }
        }

        return null;
    }

    private async Task FromClientAsync(bool watched)
    {
        while (await _fromClient.ReadAsync(cancellationToken) is { } frame)
        {
            if (watched && _commits.Observe(frame) && proxy.TakeFault() is { } fault)
            {
                _fault = fault;
                await fault.AtCommitAsync(this, frame);
            }
            else
            {
                Queue(frame);
            }

            if (frame.Type == Frame.Sync)
                _commits.EndBatch();
            if (!_fromClient.HasNext)
                await SendAsync();
        }
    }

    private async Task FromServerAsync()
    {
        while (await _fromServer.ReadAsync(cancellationToken) is { } frame)
        {
            var fault = _fault;
            if (frame.Type is Frame.CommandComplete or Frame.EmptyQuery or Frame.PortalSuspended)
                Completed++;
            if (frame.Type == Frame.ReadyForQuery)
                (RepliesSeen, Completed) = (RepliesSeen + 1, 0);
            foreach (var passed in fault?.AtReply(this, frame) ?? [frame])
                _toClient.Write(passed.Bytes.Span);
            if (fault is { IsOver: true })
                _fault = null;
            if (!_fromServer.HasNext)
                await AnswerAsync();
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            await SendAsync(_toClient, connection.Client);
        }
        catch (Exception error) when (connection.IsClientCut && error is IOException or ObjectDisposedException)
        {
            // Nobody is left to hear it, but a held commit still needs the server's side.
            _toClient.ResetWrittenCount();
        }
    }

    private async Task SendAsync(ArrayBufferWriter<byte> queued, NetworkStream to)
    {
        if (queued.WrittenCount == 0)
            return;
        await proxy.PaceAsync(cancellationToken);
        await to.WriteAsync(queued.WrittenMemory, cancellationToken);
        queued.ResetWrittenCount();
    }

    private static string Parameter(ReadOnlyMemory<byte> body, string name)
    {
        var texts = Encoding.UTF8.GetString(body.Span).Split('\0');
        var at = Array.IndexOf(texts, name);
        return at < 0 ? "" : texts[at + 1];
    }
}
