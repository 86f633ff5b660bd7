using Phoenix.TestKit;
using Phoenix.Tests.Model;
using Shop.StandingOrders;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>Stored samples hold the reading of old events, and say what is wrong in words.</summary>
public sealed class EventSamplesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void samples_that_are_read_as_they_say()
    {
        WriteAll();
        EventSamples.Of<StandingOrder>(_folder.Path).ThenAllAreRead().ThenNoneIsMissing();
    }

    [Fact]
    public void numbers_and_the_order_of_members_may_be_written_as_one_likes()
    {
        WriteAll();
        Write("shop.standing-order-started", """{"stored":{"to":"bob","amount":20.50,"from":"ann"},"name":"shop.standing-order-started","read":{"amount":20.5,"to":"bob","from":"ann"}}""");
        EventSamples.Of<StandingOrder>(_folder.Path).ThenAllAreRead();
    }

    [Fact]
    public void an_old_version_without_a_sample()
    {
        WriteAll();
        File.Delete(Path.Combine(_folder.Path, "shop.standing-order-stopped.json"));
        Fails("There is no sample 'shop.standing-order-stopped.json'.", samples => samples.ThenAllAreRead());
    }

    [Fact]
    public void an_event_of_today_without_a_sample_counts_only_where_that_is_asked()
    {
        WriteAll();
        File.Delete(Path.Combine(_folder.Path, "shop.standing-order-paid.json"));
        EventSamples.Of<StandingOrder>(_folder.Path).ThenAllAreRead();
        Fails("There is no sample 'shop.standing-order-paid.json'.", samples => samples.ThenNoneIsMissing());
    }

    [Theory]
    [InlineData("""{"stored":{},"name":"shop.standing-order-stopped_v2","read":{"reason":"unknown"}}""", "is read otherwise: reason: expected \"unknown\", found \"not told\". If what is found is right, write it into the sample and raise the Revision of the rules, StandingOrderEvolution (1)")]
    [InlineData("""{"stored":{},"name":"shop.standing-order-stopped","read":{}}""", "expected to be read as 'shop.standing-order-stopped', found 'shop.standing-order-stopped_v2'.")]
    [InlineData("""{"stored":{}}""", "expected to be read as nothing (retired), found 'shop.standing-order-stopped_v2'.")]
    [InlineData("""{"stored":{},"name":"shop.standing-order-stopped_v2"}""", "has no member \"read\"; it is read as {\"reason\":\"not told\"}.")]
    [InlineData("""{"event":{}}""", "has no member \"stored\"")]
    [InlineData("""{"stored":[],"name":"shop.standing-order-stopped_v2","read":{}}""", "cannot be read: An event 'shop.standing-order-stopped' is no JSON object.")]
    [InlineData("""no JSON""", "'shop.standing-order-stopped.json': ")]
    public void a_sample_that_does_not_hold(string sample, string message)
    {
        WriteAll();
        Write("shop.standing-order-stopped", sample);
        Fails(message, samples => samples.ThenAllAreRead());
    }

    [Fact]
    public void a_sample_of_an_event_that_nobody_knows_any_more()
    {
        WriteAll();
        Write("shop.standing-order-paused", """{"stored":{}}""");
        Fails("No event 'shop.standing-order-paused' is known to Shop.StandingOrders.StandingOrder: stored ones would break their aggregates.", samples => samples.ThenAllAreRead());
    }

    [Fact]
    public void all_that_is_wrong_is_listed_at_once()
    {
        Write("shop.standing-order-paused", """{"stored":{}}""");
        Write("shop.standing-order-stopped_v2", """{"stored":{}}""");
        var message = Assert.Throws<SpecificationException>(() => EventSamples.Of<StandingOrder>(_folder.Path).ThenNoneIsMissing()).Message;
        Assert.Equal(6, message.Split('\n').Length);
    }

    [Fact]
    public void a_folder_that_is_not_there() => Assert.Contains("There is no folder '",
        Assert.Throws<SpecificationException>(() => EventSamples.Of<StandingOrder>("nowhere")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""json["by"] = "ann"; json["bye"] = 1;""", "The upcasters of 'lamp.switched' leave a member 'bye', and Switched has none of this name, so it is lost.")]
    [InlineData("""json["by"] = Guid.NewGuid().ToString();""", "'lamp.switched' is read otherwise the second time. An upcaster is pure")]
    [InlineData("""json["by"] = 5;""", "cannot be read: The JSON value could not be converted")]
    [InlineData("""throw new FormatException("Odd.");""", "The upcaster of 'lamp.switched' from version 1 to 2 failed. FormatException: Odd.")]
    public void an_upcaster_that_a_host_would_believe(string upcaster, string message)
    {
        Write("lamp.switched", """{"stored":{},"name":"lamp.switched_v2","read":{"by":"ann"}}""");
        var error = Assert.Throws<SpecificationException>(() => SourceDomain.Run($$"""
            [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain;
            [Event("lamp.switched", Version = 2)] public sealed record Switched(string By) : IEvent;
            public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } }
            public sealed class LampEvolution : Evolution<Lamp>
            {
                protected override void Define() => Upcast("lamp.switched", from: 1, json => { {{upcaster}} });
            }
            public static class Specification { public static void Run() => EventSamples.Of<Lamp>(@"{{_folder.Path}}").ThenAllAreRead(); }
            """));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void rules_that_a_host_refuses_are_refused() => Assert.Contains("nothing reads version 1", Assert.Throws<ModelException>(() => SourceDomain.Run($$"""
        [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain;
        [Event("lamp.switched", Version = 2)] public sealed record Switched : IEvent;
        public sealed class Lamp : Aggregate<ILampGrain> { public void Apply(Switched @event) { } }
        public static class Specification { public static void Run() => EventSamples.Of<Lamp>(@"{{_folder.Path}}").ThenAllAreRead(); }
        """)).Message, StringComparison.Ordinal);

    [Fact]
    public void a_specification_begins_with_stored_events()
    {
        AggregateSpecification.For<StandingOrder>()
            .GivenStored("shop.standing-order-started", """{"to":"bob","from":"ann","amount":20}""")
            .GivenStored("shop.standing-order-stopped", "{}")
            .ThenState(order => order.StoppedBecause == "not told")
            .When(new StopStandingOrder()).ThenRejected("not-running");
        Assert.Contains("No event 'shop.standing-order-paused' is known",
            Assert.Throws<SpecificationException>(() => AggregateSpecification.For<StandingOrder>().GivenStored("shop.standing-order-paused", "{}")).Message, StringComparison.Ordinal);
    }

    private void WriteAll()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Shop", "Samples", "StandingOrder")))
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
    }

    private void Write(string name, string sample) => File.WriteAllText(Path.Combine(_folder.Path, $"{name}.json"), sample);

    private void Fails(string message, Action<EventSamples<StandingOrder>> check) => Assert.Contains(
        message, Assert.Throws<SpecificationException>(() => check(EventSamples.Of<StandingOrder>(_folder.Path))).Message, StringComparison.Ordinal);
}
