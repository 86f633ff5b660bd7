using System.Globalization;
using CsCheck;
using Phoenix.Model;
using Phoenix.Transactions;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>
/// Guarantee 9: every transaction of saga steps and tries, declared or dynamic, ends, in full or taken back, and nobody takes back what was
/// answered as done. Any number of coordinators run the same transaction at once, as zombies do; messages are lost, doubled, and come as
/// late as they like; answers of other services also to a coordinator that never asked; coordinators are killed at every send and receive; time limits pass and operators turn back, resume and skip.
/// </summary>
public sealed class SagaInterleavingTests
{
    [Fact]
    public void every_run_ends_and_its_effects_match_its_end() =>
        Gen.Int.Sample(seed => new World(seed, isDynamic: false).Run(), iter: 3_000);

    [Fact]
    public void so_does_every_run_whose_steps_are_chosen_on_the_way() =>
        Gen.Int.Sample(seed => new World(seed, isDynamic: true).Run(), iter: 3_000);

    /// <summary>A saga over three to six steps of all kinds, the aggregates that take part, and the network between.</summary>
    private sealed class World
    {
        private readonly Random _random;
        private readonly Plan? _plan;
        private readonly int _seed;
        private readonly List<IEvent> _log = [];
        private readonly Dictionary<string, StepAnswer> _ledger = [];
        private readonly Dictionary<string, object> _commands = [];
        private readonly Dictionary<string, int> _failures = [];
        private readonly List<(Coordinator From, StepCall Call)> _requests = [];
        private readonly List<(Coordinator To, StepCall Call, StepAnswer Answer)> _answers = [];
        private readonly List<Coordinator> _coordinators = [];
        private readonly List<bool> _toldEnds = [];
        private readonly int _rejections;
        private readonly bool _isImpatient;
        private readonly int _oneFaultIn;
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public World(int seed, bool isDynamic)
        {
            _seed = seed;
            _random = new Random(seed);
            _isImpatient = _random.Next(2) == 0;
            _oneFaultIn = _random.Next(3) == 0 ? 2 : 8;
            if (!isDynamic) _plan = MakePlan();
            _rejections = _random.Next(4) * 15;
            _coordinators.Add(new(this));
        }

        public bool Run()
        {
            for (var step = 0; step < 200; step++) Something();
            var last = new Coordinator(this);
            _coordinators.Add(last);
            for (var round = 0; !last.IsEnded; round++)
            {
                Assert.True(round < 2_000, "It does not end.");
                last.Operate();
                last.Act(_now);
                while (_requests.Count > 0) Deliver(_requests.Count - 1, isLost: false);
                while (_answers.Count > 0) Answer(_answers.Count - 1);
                _now += TimeSpan.FromSeconds(31);
            }

            Check();
            var effects = Effects();
            // What zombies still do, and what is still on its way, changes nothing.
            foreach (var zombie in _coordinators.ToList()) zombie.Act(_now);
            while (_requests.Count > 0) Deliver(0, isLost: false);
            while (_answers.Count > 0) Answer(0);
            foreach (var zombie in _coordinators.ToList()) zombie.Act(_now);
            while (_requests.Count > 0) Deliver(0, isLost: false);
            Assert.Equal(effects, Effects());
            return true;
        }

        private void Something()
        {
            switch (_random.Next(20))
            {
                case < 7: Any(_coordinators).Act(_now); break;
                case < 12 when _requests.Count > 0: Deliver(_random.Next(_requests.Count), isLost: _random.Next(5) == 0); break;
                case < 16 when _answers.Count > 0: Answer(_random.Next(_answers.Count)); break;
                case 16: _now += TimeSpan.FromSeconds(_random.Next(20)); break;
                case 17 when _coordinators.Count < 4: _coordinators.Add(new(this)); break;
                case 18 when _coordinators.Count > 1: _coordinators.RemoveAt(_random.Next(_coordinators.Count)); break;
                case 19 when _random.Next(10) == 0: Any(_coordinators).TryStore(new TransactionTurnedBack("Enough.")); break;
                case 19: Any(_coordinators).Operate(); break;
            }
        }

        private void Check()
        {
            var end = Assert.Single(_log.OfType<TransactionEnded>());
            Assert.All(_toldEnds, told => Assert.Equal(end.Completed, told));
            foreach (var step in Stages.SelectMany(stage => stage))
            {
                var (done, confirmed, back) = (
                    Times(step, StepPhase.Do), Times(step, StepPhase.Confirm), Times(step, StepPhase.Undo) + Times(step, StepPhase.Cancel));
                Assert.InRange(done, 0, 1);
                Assert.InRange(back, 0, done);
                if (end.Completed)
                {
                    Assert.Equal(0, back);
                    Assert.True(done == 1 || IsSkipped(step, StepPhase.Do) || IsRecordedAsNotDone(step));
                    if (!IsSkipped(step, StepPhase.Confirm)) Assert.Equal(step.IsTry ? done : 0, confirmed);
                }
                else
                {
                    Assert.Equal(0, confirmed);
                    if (step.WayBack is { } way && !IsSkipped(step, way)) Assert.Equal(done, back);
                }
            }
        }

        private bool IsSkipped(Step step, StepPhase phase) =>
            _log.OfType<StepSkipped>().Any(skipped => skipped.Step == step.Name && skipped.Phase == phase);

        private int Times(Step step, StepPhase phase) => Rounds(step, phase).Count(answer => answer is StepAnswer.Accepted);

        private List<string> Effects() => [.. _ledger.Where(row => row.Value is StepAnswer.Accepted).Select(row => row.Key).Order()];

        private IEnumerable<StepAnswer> Rounds(Step step, StepPhase phase) => Enumerable.Range(1, 100)
            .Select(round => _ledger.GetValueOrDefault(StepId.Of("t", step.Name, phase, round))).OfType<StepAnswer>();

        /// <summary>What was stored of outcomes is what stands in the ledgers, and the class goes on without what was not done.</summary>
        private bool IsRecordedAsNotDone(Step step)
        {
            var outcome = Outcomes.SingleOrDefault(outcome => outcome.Step == step.Name);
            if (outcome is not null) Assert.Equal(outcome.IsAccepted ? 1 : 0, Times(step, StepPhase.Do));
            return outcome is { IsAccepted: false };
        }

        private List<StepOutcome> Outcomes => [.. _log.OfType<StepAnswered>()
            .Select(answered => new StepOutcome(answered.Step, answered.State, answered.Reply, answered.Code, answered.Message))];

        /// <summary>What the class chose by what is stored; null when all is declared.</summary>
        private IReadOnlyList<Next>? Chosen => PlanNow.Script?.After(Outcomes);

        private Plan PlanNow => _plan ?? new Plan(new Script(() =>
        {
            var wanderer = new Wanderer(this);
            return (wanderer.Begin(), wanderer.On);
        }));

        private List<IReadOnlyList<Step>> Stages => [.. Chosen?.Select(next => next.Steps) ?? _plan!.Stages.Select(stage => stage.Steps)];

        /// <summary>Nothing is confirmed before all is accepted, and nothing taken back unless something never will be.</summary>
        private void CheckThatItIsTime(StepCall call)
        {
            var decisive = Stages.Take(_plan?.DecisiveStage + 1 ?? int.MaxValue).SelectMany(stage => stage).ToList();
            if (call.Phase == StepPhase.Confirm)
            {
                if (Chosen is { } chosen) Assert.True(chosen[^1].End!.Completed);
                else Assert.All(decisive, step => Assert.Equal(1, Times(step, StepPhase.Do)));
            }

            if (call.Phase is not (StepPhase.Undo or StepPhase.Cancel)) return;
            if (Chosen is { } given) Assert.True(given[^1].End is { Completed: false } || _log.OfType<TransactionTurnedBack>().Any());
            else Assert.Contains(decisive, step => Times(step, StepPhase.Do) == 0 && Rounds(step, StepPhase.Do).Any());
            Assert.Equal(1, Times(decisive.Single(step => step.Name == call.Step), StepPhase.Do));
            if (call.Phase == StepPhase.Undo) CheckThatWhatFollowedIsUndone(call.Step);
        }

        private void CheckThatWhatFollowedIsUndone(string step)
        {
            var later = Stages.AsEnumerable().Reverse()
                .TakeWhile(stage => !stage.Any(other => other.Name == step)).SelectMany(stage => stage);
            foreach (var other in later.Where(other => other.HasUndo && !IsSkipped(other, StepPhase.Undo)))
                Assert.Equal(Times(other, StepPhase.Do), Times(other, StepPhase.Undo));
        }

        private void Deliver(int index, bool isLost)
        {
            var (from, call) = _requests[index];
            // A network doubles what it likes.
            if (isLost || _random.Next(10) > 0) _requests.RemoveAt(index);
            if (isLost) return;
            var answer = Decide(call);
            _answers.Add((from, call, answer));
            // An answer over Kafka goes to whoever runs the transaction now, who may never have asked, and may come twice.
            if (IsRemote(call.Step) && _random.Next(2) == 0) _answers[^1] = (Any(_coordinators), call, answer);
            if (IsRemote(call.Step) && _random.Next(4) == 0) _answers.Add((Any(_coordinators), call, answer));
        }

        private bool IsRemote(string step) => _seed % 2 == 0 && step[^1] % 2 == 0;

        private void Answer(int index)
        {
            var (to, call, answer) = _answers[index];
            _answers.RemoveAt(index);
            to.Take(call, answer, _now);
        }

        private StepAnswer Decide(StepCall call)
        {
            // Whoever sends it: the same id has the same content.
            if (call.Command is { } command && !_commands.TryAdd(call.CommandId, command)) Assert.Equal(_commands[call.CommandId], command);
            if (_ledger.TryGetValue(call.CommandId, out var known)) return known;
            if (call.IsClose) return _ledger[call.CommandId] = new StepAnswer.Closed();
            Assert.NotNull(call.Command);
            CheckThatItIsTime(call);
            var failures = _failures.GetValueOrDefault(call.CommandId);
            if (failures < 3 && _random.Next(_oneFaultIn) == 0)
            {
                _failures[call.CommandId] = failures + 1;
                return new StepAnswer.Failed("handler-failed", "Out of order.");
            }

            var isRefused = _random.Next(100) < _rejections && call.Round < 8;
            return _ledger[call.CommandId] = isRefused ? new StepAnswer.Rejected(_random.Next(2) == 0 ? "try-later" : "no", "No.")
                : new StepAnswer.Accepted($"{_ledger.Count + 1}");
        }

        private Plan MakePlan()
        {
            var pivot = _random.Next(3) == 0 ? _random.Next(3) : int.MaxValue;
            var number = 0;
            var plan = new Plan([.. Enumerable.Range(0, 3).Select(stage => stage == pivot
                ? (Stage)StepOf(++number, _random).Pivot()
                : new Stage([.. Enumerable.Range(0, _random.Next(1, 3))
                    .Select(_ => AnyKind(StepOf(++number, _random), _random, "s1", mayTry: stage < pivot))]))]);
            return _random.Next(2) == 0 ? plan.Within(TimeSpan.FromSeconds(60)) : plan;
        }

        private static Step<IAccountGrain> AnyKind(
            Step<IAccountGrain> step, Random random, string confirmedBy, bool mayTry) => random.Next(5) switch
        {
            0 => step.NothingToUndo(),
            1 or 2 when mayTry =>
            step.Confirm(replies => new Deposit(replies.Of<int>(confirmedBy))).Cancel(replies => new Withdraw(replies.Of<int>(step.Name))),
            _ => step.Undo(replies => new Withdraw(replies.Of<int>(step.Name))),
        };

        private Step<IAccountGrain> StepOf(int number, Random random)
        {
            var step = new Step<IAccountGrain>($"s{number}", $"a{number}", _ => new Deposit(1)).RetryOn("try-later");
            if (_isImpatient) step = step.Attempts(2, 2, 2);
            return random.Next(4) == 0 ? step.Within(TimeSpan.FromSeconds(10)) : step;
        }

        private T Any<T>(List<T> list) => list[_random.Next(list.Count)];

        /// <summary>
        /// A class that chooses by all that it was told and by nothing else, now and then wrongly. Its undo says how much that was.
        /// </summary>
        private sealed class Wanderer(World world)
        {
            private int _told = world._seed;
            private int _steps;
            private int _underWay;

            public Next Begin() => new Random(_told).Next(2) == 0 ? Choose() : Choose().Within(TimeSpan.FromSeconds(60));

            public Next On(StepOutcome outcome)
            {
                _told = unchecked((_told * 31) + (int.Parse(outcome.Step[1..], CultureInfo.InvariantCulture) * 4) + (int)outcome.State);
                _underWay--;
                return Choose();
            }

            private Next Choose()
            {
                var random = new Random(_told);
                var chance = random.Next(100);
                if (chance < 3) return Next.Nothing;
                if (chance < 6) return Next.Of(new(true, null, null, null));
                if (chance < 15) return Next.Of(new(false, null, "enough", "Enough."));
                if (_underWay > 0 && (_steps > 6 || chance < 50)) return Next.Nothing;
                if (_steps > 6 || (_underWay == 0 && chance < 30)) return Next.Of(new(true, $"{_steps}", null, null));
                return new Stage([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Chosen(random))]);
            }

            private Step<IAccountGrain> Chosen(Random random)
            {
                _underWay++;
                var step = world.StepOf(++_steps, random);
                return random.Next(4) == 0 ? step.Undo(replies => new Withdraw(replies.Of<int>(step.Name) + _told))
                    : AnyKind(step, random, step.Name, mayTry: true);
            }
        }

        /// <summary>One activation of the transaction's grain, or a zombie of it.</summary>
        private sealed class Coordinator
        {
            private readonly World _world;
            private SagaRun _run = null!;
            private int _version;

            public Coordinator(World world)
            {
                _world = world;
                Load();
            }

            public bool IsEnded => _run.Ended is not null;

            /// <summary>What an operator does with what needs attention.</summary>
            public void Operate()
            {
                if (_run.Attention is not { } attention) return;
                var mayBeSkipped = attention.Step is { } step && _run.WhyNotSkip(step, attention.Phase!.Value) is null;
                TryStore(mayBeSkipped && _world._random.Next(2) == 0 ? new StepSkipped(attention.Step!, attention.Phase!.Value, "Enough.")
                    : new TransactionResumed());
            }

            public void Act(DateTimeOffset now)
            {
                var wanted = _run.Next(now);
                if (wanted.Store is { } fact) TryStore(fact);
                else if (wanted.End is { } end)
                {
                    // Told before it is stored: that it cannot be is what is tested.
                    _world._toldEnds.Add(end.Completed);
                    TryStore(end);
                }
                else _world._requests.AddRange(wanted.Calls.Select(call => (this, call)));
            }

            public void Take(StepCall call, StepAnswer answer, DateTimeOffset now)
            {
                _run.Learn(call, answer, now);
                // Killed when it receives, and begun again with what was stored.
                if (_world._random.Next(10) == 0) Load();
            }

            public void TryStore(IEvent fact)
            {
                if (IsEnded) return;
                if (_version == _world._log.Count) _world._log.Add(fact);
                CatchUp();
            }

            // An activation goes on with what it knows; what it thought of before it was overtaken must leave no trace.
            private void CatchUp()
            {
                while (_version < _world._log.Count) _run.Apply(_world._log[_version++]);
                Assert.Null(_run.Unknown);
            }

            private void Load()
            {
                _run = new(_world.PlanNow, "t", DateTimeOffset.UnixEpoch);
                _version = 0;
                CatchUp();
            }
        }
    }
}
