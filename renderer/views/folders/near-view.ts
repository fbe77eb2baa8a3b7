import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

/** Far enough that what is scrolled to or reached by Tab is drawn before it is seen. */
const margin = '500px';

/** Whether an element is in view or nearly so. What is not needs no drawing, however often it changes. */
export const useNearView = (element: Ref<HTMLElement | undefined>): Ref<boolean> => {
  const near = ref(false);
  const observer = new IntersectionObserver((entries) => (near.value = entries.at(-1)?.isIntersecting ?? false), {
    rootMargin: margin,
    scrollMargin: margin,
  });
  onMounted(() => {
    if (element.value !== undefined) observer.observe(element.value);
  });
  onBeforeUnmount(() => observer.disconnect());
  return near;
};
