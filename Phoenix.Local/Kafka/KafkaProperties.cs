namespace Phoenix.Local;

/// <summary>Configuration of a one-node broker for a developer's machine: quick to start and to rebalance, nothing replicated.</summary>
internal static class KafkaProperties
{
    /// <param name="data">Folder of the records.</param>
    /// <param name="listen">Address of the interface to listen on; clients are told 127.0.0.1 in any case.</param>
    /// <param name="port">Port for clients.</param>
    /// <param name="controllerPort">Port the node talks to itself on.</param>
    public static string For(string data, string listen, int port, int controllerPort) =>
        $"""
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:{controllerPort}
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://{listen}:{port},CONTROLLER://127.0.0.1:{controllerPort}
        advertised.listeners=PLAINTEXT://127.0.0.1:{port}
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=PLAINTEXT
        log.dirs={data}
        num.partitions=12
        auto.create.topics.enable=false
        log.retention.hours=168
        log.segment.bytes=268435456
        # After a kill the broker comes back only when its old session has expired: 9 s by default.
        broker.session.timeout.ms=3000
        broker.heartbeat.interval.ms=500
        # One node: internal topics cannot have three replicas, and fifty partitions each make it slow to start.
        offsets.topic.num.partitions=4
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        share.coordinator.state.topic.num.partitions=4
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        group.initial.rebalance.delay.ms=0

        """;
}
