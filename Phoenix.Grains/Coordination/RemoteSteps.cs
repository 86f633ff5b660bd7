using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>
/// The steps of one transaction that go to other services. Nothing of them is stored: an answer that is lost is asked for again under the
/// same id, and the other service's ledger gives the same. Works in the activation's turns only.
/// </summary>
internal sealed class RemoteSteps(OtherServices services, StepWaits waits, string transaction, TimeProvider time)
{
    private readonly List<(string CommandId, TaskCompletionSource<StepAnswer> Answer)> _asked = [];
    private readonly HashSet<string> _waiting = [];

    /// <summary>The service that a step goes to; null when this host has its aggregate.</summary>
    public string? ServiceOf(StepCall call) => services.Of(call);

    /// <summary>Sends a step and waits for its answer.</summary>
    /// <returns>The answer; null when there was none in time and the same may be asked again.</returns>
    public async Task<StepAnswer?> AskAsync(string service, StepCall call, bool mayBeRepeat)
    {
        var step = services.ReferenceOf(transaction, call);
        // Before it is sent: the answer may be faster than the broker's receipt.
        var asked = (step.CommandId, Answer: new TaskCompletionSource<StepAnswer>());
        _asked.Add(asked);
        Wait(service, call.Step);
        try
        {
            if (await services.SendAsync(service, transaction, step, call, mayBeRepeat) is { } failed)
            {
                Answered(call.Step);
                return failed;
            }

            await ((Task)asked.Answer.Task).WaitAsync(services.PatienceWith(service), time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return asked.Answer.Task.IsCompletedSuccessfully ? await asked.Answer.Task : null;
        }
        finally
        {
            _asked.Remove(asked);
        }
    }

    /// <summary>An answer came.</summary>
    /// <returns>Whether somebody waited for it.</returns>
    public bool Take(StepReference step, StepAnswer answer)
    {
        Answered(step.Name);
        // Who asks and who closes wait under one id.
        var waiting = _asked.Where(one => one.CommandId == step.CommandId).ToList();
        foreach (var one in waiting) one.Answer.TrySetResult(answer);
        return waiting.Count > 0;
    }

    /// <summary>The transaction is not run from here any more.</summary>
    public void Rest()
    {
        foreach (var step in _waiting.ToList()) Answered(step);
    }

    private void Wait(string service, string step)
    {
        _waiting.Add(step);
        waits.Begin(service, transaction, step);
    }

    private void Answered(string step)
    {
        if (_waiting.Remove(step)) waits.End(transaction, step);
    }
}
