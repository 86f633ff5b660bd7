using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Phoenix.EventStore;
using Phoenix.Tests.Docs;
using Xunit;

namespace Phoenix.Tests.Evolving;

/// <summary>A projection that waits for a version which becomes another would wait for ever: a silo says so instead.</summary>
[Trait("Category", "Servers")]
public sealed class FormerProjectionTests(SharedPostgres postgres)
{
    [Fact]
    public async Task a_silo_does_not_start_with_a_projection_of_a_former_type()
    {
        var database = await postgres.NewDatabaseAsync();
        var error = await Assert.ThrowsAnyAsync<Exception>(() => TestSilo.StartAsync(database, silo: silo =>
            silo.Services.ConfigureMarten<ILogStore>(options => options.Projections.Add(new Packed(), ProjectionLifecycle.Async))));
        Assert.Contains(
            $"The projection 'packed' takes {typeof(CratePackedV2)}, which no event is read as any more: it becomes the next version first. "
            + "Let it take that one.",
            error.ToString(), StringComparison.Ordinal);
    }

    private sealed class Packed : EventProjection
    {
        public Packed()
        {
            Name = "packed";
            IncludeType<CratePackedV2>();
        }

        public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation) =>
            ValueTask.CompletedTask;
    }
}
