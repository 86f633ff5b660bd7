using Phoenix.Subscribing;

namespace Phoenix.Model;

/// <content>
/// The tags of a subscription, behind which an aggregate stands: taken and left in the commit of the decision, or not at all.
/// </content>
public sealed partial class Decision
{
    /// <summary>
    /// Registers this aggregate behind a tag of a subscription: once this is committed it gets the commands that the subscription
    /// broadcasts to the tag, until <see cref="Untag{TSubscription}"/>. No matter if it stands there already.
    /// </summary>
    /// <typeparam name="TSubscription">The subscription.</typeparam>
    /// <param name="tag">The tag; see <see cref="TagName"/>.</param>
    /// <exception cref="ArgumentException">It is no tag.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    /// <exception cref="ModelException">The subscription's class has no name.</exception>
    public Decision Tag<TSubscription>(string tag) where TSubscription : Subscription => With(Tagging<TSubscription>(tag, true));

    /// <summary>
    /// Takes this aggregate from behind a tag. A broadcast whose record is being read just then may still come. No matter if it does not
    /// stand there.
    /// </summary>
    /// <typeparam name="TSubscription">The subscription.</typeparam>
    /// <param name="tag">The tag.</param>
    /// <exception cref="ArgumentException">It is no tag.</exception>
    /// <exception cref="InvalidOperationException">This is a rejection.</exception>
    /// <exception cref="ModelException">The subscription's class has no name.</exception>
    public Decision Untag<TSubscription>(string tag) where TSubscription : Subscription => With(Tagging<TSubscription>(tag, false));

    internal static ChangeTag Tagging<TSubscription>(string tag, bool isSet) where TSubscription : Subscription =>
        TagName.Problem(tag) is { } problem
            ? throw new ArgumentException(problem, nameof(tag))
            : new(SubscriptionModel.NameOf(typeof(TSubscription)), tag, isSet);
}
