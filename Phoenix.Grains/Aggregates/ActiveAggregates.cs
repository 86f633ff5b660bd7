namespace Phoenix.Aggregates;

/// <summary>An aggregate that is active on this silo.</summary>
internal interface IActiveAggregate
{
    /// <summary>Whether anything waits for it.</summary>
    bool IsBusy { get; }

    /// <summary>Ends the activation.</summary>
    void Retire();
}

/// <summary>
/// The aggregates that are active on this silo, the one that was not used for longest first. One too many makes the first one leave, so
/// that memory has a bound however many aggregates are touched and however fast; idle collection alone would keep all that were touched
/// within its period.
/// </summary>
internal sealed class ActiveAggregates(AggregateOptions options)
{
    // Those found busy are passed over. As many looks bound what one activation pays when very many are busy at once.
    private const int Looks = 8;
    private readonly Lock _gate = new();
    private readonly LinkedList<IActiveAggregate> _byUse = [];

    public int Count
    {
        get
        {
            lock (_gate) return _byUse.Count;
        }
    }

    /// <summary>Takes in one that becomes active.</summary>
    public LinkedListNode<IActiveAggregate> Enter(IActiveAggregate aggregate)
    {
        var retired = new List<IActiveAggregate>();
        LinkedListNode<IActiveAggregate> place;
        lock (_gate)
        {
            for (var look = 0; look < Looks && _byUse.Count >= options.MaxActive; look++)
            {
                var first = _byUse.First!;
                _byUse.RemoveFirst();
                if (first.Value.IsBusy) _byUse.AddLast(first);
                else retired.Add(first.Value);
            }

            place = _byUse.AddLast(aggregate);
        }

        foreach (var each in retired) each.Retire();
        return place;
    }

    /// <summary>Notes that one is used.</summary>
    public void Use(LinkedListNode<IActiveAggregate> place)
    {
        lock (_gate)
        {
            // It may have been told to retire just now.
            if (place.List is null) return;
            _byUse.Remove(place);
            _byUse.AddLast(place);
        }
    }

    /// <summary>Lets one go that is no longer active.</summary>
    public void Leave(LinkedListNode<IActiveAggregate> place)
    {
        lock (_gate)
        {
            if (place.List is not null) _byUse.Remove(place);
        }
    }
}
