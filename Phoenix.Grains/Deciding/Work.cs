namespace Phoenix.Deciding;

/// <summary>
/// Something that waits for its turn at a decision loop. It ends in a turn of the activation, and whoever waits for it goes on in the
/// same turn: they look at the outcome and send it, they never call back.
/// </summary>
internal abstract class Work
{
    /// <summary>Whom to tell that it ended, before anybody else is told.</summary>
    public IWorkOwner? Owner { get; set; }

    /// <summary>Where its place is given back, or null when it took none.</summary>
    public Admission? Admission { get; set; }

    /// <summary>What flows with whoever asked for it: user code runs under this.</summary>
    public CallerContext Caller { get; set; } = CallerContext.Current;

    /// <summary>What it came with, or null when it came by itself.</summary>
    public Delivery? Delivery { get; set; }

    /// <summary>What it takes of the memory for works that wait.</summary>
    public abstract int Bytes { get; }

    /// <summary>Whether it has ended.</summary>
    public abstract bool IsFinished { get; }

    /// <summary>Ends it with an error.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>Keeps account of works.</summary>
internal interface IWorkOwner
{
    void Finished(Work work);
}

/// <summary>A work and what it ends with.</summary>
internal abstract class Work<TResult> : Work
{
    private readonly TaskCompletionSource<TResult> _result = new();

    public Task<TResult> Result => _result.Task;

    public override bool IsFinished => _result.Task.IsCompleted;

    public virtual void Complete(TResult result)
    {
        if (End()) _result.SetResult(result);
    }

    public override void Fail(Exception exception)
    {
        if (!End()) return;
        // Before anybody is told: nothing behind it may be decided any more.
        Delivery?.Met(exception);
        _result.SetException(exception);
    }

    private bool End()
    {
        if (IsFinished) return false;
        Owner?.Finished(this);
        return true;
    }
}
