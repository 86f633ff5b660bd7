namespace Phoenix.Benchmarks.Scenarios;

internal static class ScenarioCatalog
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new CommandsScenario(), new AppendScenario(), new HotScenario(), new ReplayScenario(), new KafkaScenario(), new PublishScenario(),
        new MemoryScenario(),
        new TimersScenario(), new TransactionsScenario(), new LedgerScenario(), new ProjectionsScenario(), new SubscribeScenario(),
        new BroadcastScenario(), new BuildsScenario(),
    ];
}
