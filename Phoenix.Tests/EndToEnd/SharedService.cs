using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>One service for all tests that break nothing but their own aggregates.</summary>
[CollectionDefinition(Name)]
public sealed class SharedService(SharedPostgres postgres, SharedKafka kafka) : ICollectionFixture<SharedService>, IAsyncDisposable
{
    private readonly Lazy<Task<RunningService>> _service = new(() => RunningService.StartAsync(postgres, kafka));

    public const string Name = "shared service";

    public Task<RunningService> ServiceAsync() => _service.Value;

    public async ValueTask DisposeAsync()
    {
        if (_service.IsValueCreated) await (await _service.Value).DisposeAsync();
    }
}
