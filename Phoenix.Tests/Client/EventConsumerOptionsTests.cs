using Microsoft.Extensions.DependencyInjection;
using Phoenix.Client.Events;
using Phoenix.Publishing;
using Xunit;

namespace Phoenix.Tests.Client;

/// <summary>What a consumer of events refuses at start, all at once.</summary>
public sealed class EventConsumerOptionsTests
{
    [Fact]
    public void everything_that_is_missing_is_told_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddEventConsumer<Nobody>(options =>
        {
            options.FirstPause = TimeSpan.Zero;
            options.ExtraProperties["enable.auto.offset.store"] = "true";
        }));
        foreach (var word in (string[])["BootstrapServers", "Group", "Topics", "FirstPause", "enable.auto.offset.store"])
            Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    private sealed class Nobody : IEventHandler
    {
        public Task HandleAsync(ReceivedEvent received, CancellationToken cancellation) => Task.CompletedTask;
    }
}
