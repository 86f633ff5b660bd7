namespace Phoenix.Tests;

/// <summary>A folder under the temporary one that is removed with all it holds.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder() =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"phoenix-tests-{Guid.NewGuid():N}"[..22])).FullName;

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
