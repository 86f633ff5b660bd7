namespace Phoenix.Model;

/// <content>
/// What follows from an acceptance: timers, and commands to other aggregates. They are stored in the commit of the decision, or not at all,
/// and each has one effect: it comes as a command under an id of its own that is the same however often it is delivered (guarantees 1 and
/// 2).
/// </content>
public sealed partial class Decision
{
    /// <summary>Longest time that <see cref="In{TContract}"/> and <see cref="Every{TContract}"/> take: 36,500 days.</summary>
    public static readonly TimeSpan LongestTime = TimeSpan.FromDays(36_500);

    /// <summary>Shortest period of <see cref="Every{TContract}"/>: 1 s.</summary>
    public static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);

    /// <summary>In the order in which they were wanted.</summary>
    internal IReadOnlyList<Following> Followings { get; private init; } = [];

    /// <summary>
    /// Sets a timer: after this time the aggregate gets the command. A timer of the same name is replaced. The time counts from the commit,
    /// by the database's clock; the command comes at most one sweep (1 s by default) later while the cluster runs, and as soon as it runs
    /// again after an outage. If the command is rejected the timer is over; if its handler fails it is tried again with growing pauses, and
    /// in the end becomes a dead letter.
    /// </summary>
    /// <param name="time">From zero to <see cref="LongestTime"/>.</param>
    /// <param name="name">The timer's name within the aggregate; see <see cref="TimerName"/>.</param>
    /// <param name="command">A command of this aggregate.</param>
    /// <exception cref="ArgumentException">Time or name are not as described.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    public Decision In<TContract>(TimeSpan time, string name, ICommand<TContract> command) where TContract : IAggregateGrain =>
        With(new SetTimer(Checked(name), Checked(time, TimeSpan.Zero, nameof(time)), null, null, NotNull(command)));

    /// <summary>Like <see cref="In{TContract}"/>, at a point in time; one in the past is the time of the commit.</summary>
    /// <param name="time">When, by the database's clock.</param>
    /// <param name="name">The timer's name.</param>
    /// <param name="command">A command of this aggregate.</param>
    /// <exception cref="ArgumentException">Time or name are not as described.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    public Decision At<TContract>(DateTimeOffset time, string name, ICommand<TContract> command) where TContract : IAggregateGrain => time.Year is > 1 and < 9000
        ? With(new SetTimer(Checked(name), TimeSpan.Zero, time, null, NotNull(command)))
        : throw new ArgumentOutOfRangeException(nameof(time), time, "A timer is due in the years 2 to 8999.");

    /// <summary>
    /// Like <see cref="In{TContract}"/>, again and again: first after one period, then at its multiples. After an outage the command comes
    /// once, and again at the next multiple. A timer whose command is rejected ends.
    /// </summary>
    /// <param name="period">From <see cref="ShortestPeriod"/> to <see cref="LongestTime"/>.</param>
    /// <param name="name">The timer's name.</param>
    /// <param name="command">A command of this aggregate.</param>
    /// <exception cref="ArgumentException">Period or name are not as described.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    public Decision Every<TContract>(TimeSpan period, string name, ICommand<TContract> command) where TContract : IAggregateGrain =>
        With(new SetTimer(Checked(name), Checked(period, ShortestPeriod, nameof(period)), null, period, NotNull(command)));

    /// <summary>Cancels a timer: once this is committed its command does not come any more. No matter if there is none.</summary>
    /// <param name="name">The timer's name.</param>
    /// <exception cref="ArgumentException">It is no timer's name.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    public Decision Cancel(string name) => With(new CancelTimer(Checked(name)));

    /// <summary>
    /// Sends a command to another aggregate when this decision is committed: at once, and again until the other has decided it. It comes
    /// with this command's correlation id. What it is decided to be does not come back, unless it is told
    /// (<see cref="ThenSend{TContract, TOwn}"/>). Several have no order among them.
    /// </summary>
    /// <param name="id">The id of the other aggregate; its kind is that of the command.</param>
    /// <param name="command">A command of the other aggregate.</param>
    /// <exception cref="ArgumentException">It is no aggregate's id.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    /// <exception cref="ModelException">The command's contract has no name.</exception>
    public Decision ThenSend<TContract>(string id, ICommand<TContract> command) where TContract : IAggregateGrain =>
        With(Sending(id, command, null));

    /// <summary>
    /// Like <see cref="ThenSend{TContract}"/>; if the other aggregate rejects the command, this one is told by a command of its own, once.
    /// A member of type <see cref="Phoenix.Model.Rejection"/> in it is filled in with code and message. What was sent and fails is no
    /// rejection: it is delivered again, and in the end is a dead letter.
    /// </summary>
    /// <param name="id">The id of the other aggregate.</param>
    /// <param name="command">A command of the other aggregate.</param>
    /// <param name="ifRejected">A command of this aggregate.</param>
    /// <exception cref="ArgumentException">It is no aggregate's id.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    /// <exception cref="ModelException">The command's contract has no name.</exception>
    public Decision ThenSend<TContract, TOwn>(string id, ICommand<TContract> command, ICommand<TOwn> ifRejected)
        where TContract : IAggregateGrain where TOwn : IAggregateGrain =>
        With(Sending(id, command, NotNull(ifRejected)));

    private static SendCommand Sending<TContract>(string id, ICommand<TContract> command, object? ifRejected)
        where TContract : IAggregateGrain =>
        AggregateId.Problem(id) is { } problem
            ? throw new ArgumentException(problem, nameof(id))
            : new(ContractNames.Of(typeof(TContract)), id, NotNull(command), ifRejected);

    internal Decision With(Following following) => Rejection is null
        ? new(Events, Reply, null) { Followings = [.. Followings, following] }
        : throw new InvalidOperationException("Nothing follows from a rejection: it carries a code and a message, no timers and no commands.");

    private static string Checked(string name) => TimerName.Problem(name) is { } problem ? throw new ArgumentException(problem, nameof(name)) : name;

    private static TimeSpan Checked(TimeSpan time, TimeSpan least, string parameter) => time >= least && time <= LongestTime
        ? time
        : throw new ArgumentOutOfRangeException(parameter, time, $"Expected {least} to {LongestTime.TotalDays:0} days.");

    private static T NotNull<T>(T command) => command ?? throw new ArgumentNullException(nameof(command));
}
