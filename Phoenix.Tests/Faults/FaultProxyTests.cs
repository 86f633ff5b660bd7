using System.Net;
using System.Net.Sockets;
using System.Text;
using Phoenix.Faults;
using Xunit;

namespace Phoenix.Tests.Faults;

public sealed class FaultProxyTests : IAsyncDisposable
{
    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly FaultProxy _proxy;

    public FaultProxyTests()
    {
        _echo.Start();
        _ = EchoAsync();
        _proxy = new FaultProxy("127.0.0.1", ((IPEndPoint)_echo.LocalEndpoint).Port);
    }

    [Fact]
    public async Task passes_bytes_both_ways()
    {
        using var client = await ConnectAsync();
        Assert.Equal("hello", await SendAsync(client, "hello"));
    }

    [Fact]
    public async Task cutting_resets_open_connections_and_accepts_new_ones()
    {
        using var client = await ConnectAsync();
        await SendAsync(client, "hello");

        _proxy.CutAll();

        await Assert.ThrowsAsync<IOException>(() => SendAsync(client, "anybody?"));
        using var next = await ConnectAsync();
        Assert.Equal("hello", await SendAsync(next, "hello"));
    }

    [Fact]
    public async Task refusing_leaves_open_connections_and_ends_on_the_same_port()
    {
        using var client = await ConnectAsync();
        var port = _proxy.Port;

        _proxy.RefuseNew();

        var error = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Equal("hello", await SendAsync(client, "hello"));
        _proxy.Pass();
        using var next = await ConnectAsync();
        Assert.Equal("hello", await SendAsync(next, "hello"));
        Assert.Equal(port, _proxy.Port);
    }

    [Fact]
    public async Task a_black_hole_answers_nothing_until_it_ends()
    {
        using var old = await ConnectAsync();
        await SendAsync(old, "hello");

        _proxy.BlackHole();
        using var fresh = await ConnectAsync();
        var toOld = SendAsync(old, "one");
        var toFresh = SendAsync(fresh, "two");
        await Assert.ThrowsAsync<TimeoutException>(() => Task.WhenAny(toOld, toFresh).WaitAsync(TimeSpan.FromMilliseconds(200), Token));

        _proxy.Pass();
        Assert.Equal("one", await toOld);
        Assert.Equal("two", await toFresh);
    }

    [Fact]
    public async Task a_delay_holds_each_piece_back_in_both_directions()
    {
        using var client = await ConnectAsync();
        await SendAsync(client, "hello");

        _proxy.Delay(TimeSpan.FromMilliseconds(100));

        var started = TimeProvider.System.GetTimestamp();
        await SendAsync(client, "hello");
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(190));
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _echo.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<string> SendAsync(TcpClient client, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        await client.GetStream().WriteAsync(bytes, Token);
        await client.GetStream().ReadExactlyAsync(bytes, Token);
        return Encoding.ASCII.GetString(bytes);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(_proxy.Host, _proxy.Port, Token);
        return client;
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                var accepted = await _echo.AcceptTcpClientAsync();
                _ = accepted.GetStream().CopyToAsync(accepted.GetStream());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
