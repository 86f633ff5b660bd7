using Phoenix.Local;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

/// <summary>Programs that start at once choose different ports, also before any of them listens.</summary>
public sealed class FreePortTests
{
    [Fact]
    public void a_port_that_another_process_has_chosen_is_not_chosen()
    {
        var port = 31_000;
        FileStream? other = null;
        while (other is null) other = Lock(++port);
        using (other) Assert.NotEqual(port, FreePort.Find(port));
        Assert.Equal(port, FreePort.Find(port));
        Assert.Equal(port, FreePort.Find(port));
    }

    private static FileStream? Lock(int port)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(ReservedPorts.FileOf(port))!);
            return new(ReservedPorts.FileOf(port), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
