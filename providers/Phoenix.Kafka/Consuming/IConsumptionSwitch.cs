namespace Phoenix.Kafka;

/// <summary>
/// Says which topics are not to be read for now, on all silos; a service of the host, which need not have one. What was read before goes on
/// to its end, and positions stay: a topic that is switched on again is read where it was left.
/// </summary>
public interface IConsumptionSwitch
{
    /// <summary>Whether a topic is not to be read. Asked by the thread that reads, again and again: it must not wait.</summary>
    bool IsOff(string topic);
}
