using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Phoenix.Hosting;
using Xunit;

namespace Phoenix.Tests.Hosting;

/// <summary>Orleans' sockets share a port with whoever opened it in the same way; a silo must not.</summary>
[Trait("Category", "Servers")]
public sealed class SiloPortsTests(SharedPostgres postgres)
{
    [Theory]
    [InlineData("Port")]
    [InlineData("GatewayPort")]
    public async Task a_silo_does_not_start_on_a_port_that_another_program_shares(string setting)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // What Orleans does, and what lets it listen although somebody does already.
        other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        other.Bind(new IPEndPoint(IPAddress.Loopback, TestSilo.FreePort()));
        other.Listen();
        var taken = ((IPEndPoint)other.LocalEndPoint!).Port;

        var error = await Assert.ThrowsAnyAsync<Exception>(async () => await TestSilo.StartAsync(await postgres.NewDatabaseAsync(), silo: silo =>
            silo.Configure<EndpointOptions>(endpoints =>
            {
                if (setting == nameof(SiloEndpointOptions.Port)) endpoints.SiloPort = taken;
                else endpoints.GatewayPort = taken;
            })));

        Assert.Contains($"cannot listen on 127.0.0.1:{taken}", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Phoenix:Silo:{setting}", error.ToString(), StringComparison.Ordinal);
    }
}
